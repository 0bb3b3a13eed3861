# Words of: jobs
jobs-crumb = 🧰 Tugas
jobs-crumb-log = Log

jobs-title-unknown = Tugas dari versi yang lebih baru
jobs-title-simulated = 🎮 Salin { $name } (simulasi)
jobs-title-backup = 💾 Cadangkan { $plan }
jobs-title-restore = ⏪ Pulihkan { $what } dari { $plan }
jobs-title-prune = 🧹 Rapikan { $plan }
jobs-title-check = 🔍 Periksa { $plan }
jobs-title-prove = 🧪 Uji pemulihan { $plan }
jobs-title-tend = 🗄 { $what ->
    [initialise] Siapkan repositori { $plan }
    [unlock] Buka kunci { $plan }
    [forget] Hapus snapshot { $plan }
    [rehearse] Cek apa yang dihapus dari { $plan }
    [compare] Bandingkan snapshot { $plan }
   *[index] Daftar isi snapshot { $plan }
}
jobs-title-scan = 📐 Ukur { $path }
jobs-title-send = 📤 Kirim { $name }
jobs-title-receive = 📥 Terima { $name }
jobs-title-self-test = 🩺 Uji mandiri { $device }
jobs-title-self-test-long = 🩺 Uji mandiri lengkap { $device }
jobs-title-update = ⬆ Perbarui paket
jobs-title-move = 📦 Pindahkan { $path }
jobs-title-copy = 📄 Salin { $path }
jobs-title-delete = 🗑 Hapus { $path } selamanya
jobs-title-empty-trash = 🗑 Kosongkan tempat sampah { $path }
jobs-title-archive = 🗜 Arsipkan { $path }
jobs-title-checksum = 🔑 Checksum { $path }
jobs-title-pull = 📦 Ambil { $image }
jobs-title-renew = ⬆ Update container { $container }

jobs-asked-pilot = diminta { $name }
jobs-asked-schedule = sesuai jadwal
jobs-asked-cockpit = oleh Cockpit sendiri

jobs-running = sudah jalan { $took }, { $asked }
jobs-stopping = lagi dihentikan…
jobs-stopping-by = lagi dihentikan, dibatalkan { $by }…
jobs-stopping-time-up = waktunya habis, lagi dihentikan…
jobs-survivor = Cockpit sempat mulai ulang di tengah jalan. Programnya masih jalan sendiri; keluarannya sudah nggak bisa dibaca, cuma kelihatan masih jalan atau nggak. Tombol Batal menghentikannya.
jobs-share-unknown = lagi jalan
jobs-step = Bagian { $number } dari { $of }
jobs-of = { $done } dari { $total }
jobs-files = { $figure } { $number ->
   *[other] berkas
}
jobs-packages = { $figure } { $number ->
   *[other] paket
}
jobs-steps = { $figure } { $number ->
   *[other] langkah
}
jobs-rate = { $figure }/dtk
jobs-rate-minute = { $figure }/mnt
jobs-left = kira-kira { $left } lagi

jobs-ended-done = beres { $at }, makan waktu { $took }
jobs-ended-incomplete = selesai { $at } dalam { $took }, tapi ada yang terlewat
jobs-ended-failed = gagal { $at } setelah { $took }
jobs-ended-cancelled = dibatalkan { $at } setelah { $took }
jobs-ended-cancelled-by = dibatalkan { $by } { $at } setelah { $took }
jobs-ended-timed-out = dihentikan { $at }: belum selesai dalam { $after }
jobs-ended-shutdown = terputus { $at }: Cockpit dimatikan
jobs-ended-crash = terputus: Cockpit mati di tengah jalan, terakhir terlihat jalan { $seen }
jobs-ended-survived = programnya berhenti { $at } waktu Cockpit nggak bisa mendengarnya; hasilnya nggak diketahui
jobs-ended-unknown = berakhir { $at }
jobs-started = Mulai { $at }, { $asked }.

jobs-failed-why = { $why }
jobs-failed-inside = Ada yang salah di dalam Cockpit: { $why }
jobs-failed-stopped = Berhenti sendiri sebelum selesai

jobs-mend-again = Nggak ada yang rusak. Jalankan lagi kapan saja.
jobs-mend-backup = Yang sudah tersimpan tetap aman: jalankan lagi cadangannya, nanti lanjut dari situ. Kalau katanya repositori terkunci, buka dulu kuncinya.
jobs-mend-restore = File baru ditaruh di tempatnya setelah semua terambil: cek mana yang sudah ada. Sisa pengambilannya dibersihkan sendiri. Jalankan lagi pemulihannya.
jobs-mend-repository = Periksa repositorinya sebelum cadangan berikutnya; buka dulu kuncinya kalau katanya terkunci.
jobs-mend-transfer = Nggak ada sisa setengah jadi. Kirim lagi berkasnya.
jobs-mend-files = Yang sudah dikerjakan tetap; aslinya utuh sampai salinannya lengkap. Mungkin ada sisa file tersembunyi .cockpit-part. Jalankan lagi saja.
jobs-mend-self-test = Disknya tetap menguji sendiri. Hasilnya ada di layar disk itu.
jobs-mend-update = Paket bisa jadi terpasang setengah. Jalankan ini di server: dpkg --configure -a
jobs-mend-renew = Lihat container-nya dulu: kalau setengah jadi, layarnya bilang begitu, dan gimana menyelesaikannya.
jobs-mend-timed-out = Coba lihat log-nya: entah macet, atau kerjaannya lebih banyak dari waktunya.

jobs-cancel-ended = Tugas ini sudah selesai duluan.
jobs-refused-away = Bagian tugas lagi nggak jalan. Nanti hidup sendiri: coba lagi beberapa detik lagi ya.
jobs-refused-not-ready = Cockpit baru saja mulai dan masih mengecek tugas yang belum selesai. Coba lagi beberapa detik lagi ya.
jobs-refused-too-many = Sudah ada { $count } tugas yang jalan. Tunggu salah satu selesai, atau batalkan satu.
jobs-refused-store = Nggak jadi dimulai, soalnya nggak bisa dicatat. { $why }
jobs-simulate-refused = Tugas ini cuma ada di server simulasi.
jobs-simulated-done = { $files } berkas, { $size } (simulasi)

jobs-list-idle = Lagi nggak ada yang jalan.
jobs-list-ended = Sudah selesai
jobs-gone = Tugas { $number } sudah nggak ada di catatan: yang disimpan 200 terakhir.
jobs-away = Bagian tugas lagi nggak menjawab.
jobs-log-empty = Belum ada keluaran apa-apa.

jobs-button-cancel = ✕ Batal
jobs-button-log = 📜 Log
jobs-button-simulate = 🎮 Mulai tugas panjang
