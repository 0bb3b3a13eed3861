# Words of: transfers
transfers-crumb = 🚚 Berkas
transfers-unknown = Berkas ini sudah nggak dikenal di sini. Kirim lagi ya.
transfers-sum = { $files } berkas, { $size }
transfers-more = dan { $count } lagi
transfers-clash = { $count } nama ini sudah ada di { $to }:
transfers-where = Mau disimpan di mana?
transfers-no-spot = Lagi nggak ada folder yang bisa ditulisi: semuanya cuma bisa dibaca atau nggak menjawab.
transfers-spot = 💾 Simpan ke { $place }
transfers-spot-full = ▲ { $place }: tinggal { $free }
transfers-free = tinggal { $free }
transfers-button-other = 📁 Folder lain
transfers-button-decline = ✕ Nggak usah
transfers-button-up = ‹ Naik
transfers-button-folder = 📂 Buka foldernya
transfers-button-again = ↻ Coba lagi
transfers-waits = lagi antre…
transfers-in = Di { $place }
transfers-saved-as = { $name } disimpan jadi { $saved }: namanya sudah terpakai
transfers-not-wanted = { $name }: nggak disimpan
transfers-all = { $done } dari { $all } tersimpan

transfers-saved = { $files } { $files ->
   *[other] berkas
}, { $size }, di { $place }
transfers-some-failed = { $saved } tersimpan, { $failed } nggak: { $why }

transfers-too-many = Sudah ada { $max } berkas yang antre. Tentukan dulu tempat yang itu.
transfers-not-noted = Nggak bisa dicatat. { $why }
transfers-away = Bagian Cockpit ini lagi dinyalakan ulang. Coba sebentar lagi ya.
transfers-nothing-waits = Sudah nggak ada yang antre.
transfers-store-away = Kiriman nggak bisa dilihat.
transfers-no-place = Belum ditentukan tempatnya. Kirim lagi ya.
transfers-gone = Telegram sudah nggak menyimpan berkas ini buat Cockpit. Kirim lagi ya.
transfers-not-all = Cuma { $got } yang sampai, jadi nggak ada yang disimpan. Coba lagi ya.
transfers-inside = Cockpit sendiri tersandung di sini; ceritanya ada di log. Coba lagi ya.

transfers-empty = Berkasnya kosong, dan Telegram nggak mau berkas kosong.
transfers-too-large = Ukurannya { $size }; dari bot Telegram cuma mau sampai { $max }
transfers-far-too-large = Ukurannya { $size }; kalau { $max } per bagian, jadinya lebih dari 99 bagian
transfers-changed = Berkasnya ditulisi waktu dikirim: yang sampai campuran. Kirim lagi ya.
transfers-sent = { $size }, sha256 { $sum }
transfers-sent-volumes = { $size } dalam { $count } bagian, sha256 { $sum }
transfers-volume = { $name }: bagian { $number } dari { $of }
transfers-join = Taruh semua bagian { $name } di satu folder, lalu jalankan di situ:

    { $command }

    sha256 { $sum }
transfers-join-caption = Cara menyatukan bagian-bagiannya, dengan checksum-nya

transfers-how-folder = { $name } dikirim jadi satu arsip (tar.zst). Tautan tetap tautan; perangkat, pipa, dan disk lain nggak ikut. Kalau lebih dari { $max }, datangnya dalam bagian bernomor.
transfers-how-volumes = { $name } ukurannya { $size }; dari bot Telegram cuma mau sampai { $max }. Bisa dikirim dalam { $count } bagian bernomor, lengkap dengan checksum dan perintah untuk menyatukannya.
transfers-how-local = Server Bot API lokal (telegram.api_url) mau sampai 1.9 GiB sekaligus.
transfers-how-file = { $name }, { $size }
transfers-button-archive = 📦 Bungkus dan kirim
transfers-button-volumes = 📤 Kirim { $count } bagian
transfers-button-send = 📤 Kirim
transfers-button-download = 📥 Unduh
transfers-verb-save = 💾 Simpan
