# Words of: backup
backup-crumb-cargo = Kargo
backup-crumb = Cadangan
backup-crumb-snapshots = Snapshot
backup-crumb-diff = Perbandingan
backup-crumb-verify = Periksa
backup-crumb-thin = Rapikan
backup-crumb-size = Ukuran
backup-crumb-restore = Pulihkan
backup-away = Cadangan: bagian Cockpit ini lagi dinyalakan ulang. Coba sebentar lagi ya.
backup-reading = lagi baca catatan rencananya…

# Overview
backup-no-plans = Belum ada rencana cadangan.
backup-no-plans-mend = Rencana ditulis sebagai [[backup.plans]] di berkas konfigurasi: apa yang disimpan, ke mana, kapan. Contohnya ada di berkas bawaan; /reload buat memakainya.
backup-no-such-plan = Nggak ada rencana { $plan } di konfigurasi.
backup-line = { $plan }: { $says }
backup-head-plan = rencana
backup-head-last = umur
backup-head-size = ukuran
backup-word-never = belum
backup-word-unproven = belum dibuktikan
backup-good = tersimpan { $age }
backup-never = belum pernah dicadangkan
backup-overdue = telat sejak { $due }, terakhir { $last }
backup-overdue-never = telat sejak { $due }, belum pernah dicadangkan
backup-overdue-only = telat: harusnya { $due }, tapi belum jalan
backup-failed = gagal { $at }: { $why }
backup-cancelled = dibatalkan { $at }
backup-damaged = { $count } kerusakan ditemukan di repositori { $at }
backup-unproven = uji pemulihan terakhir gagal
backup-warned-line = tersimpan { $age }, { $count } file nggak ikut
backup-glance = tersimpan { $age }
backup-glance-proven = tersimpan { $age } · terbukti bisa dipulihkan per { $day }
backup-today = hari ini
backup-proven-plan = { $plan } terbukti bisa dipulihkan per { $at }.

# One plan
backup-success = tersimpan { $age }, { $added } baru
backup-left-out = { $count } file nggak bisa dibaca, jadi nggak ikut:
backup-looking = lagi lihat repositorinya…
backup-held-line = { $what } menunggu repositorinya bebas
backup-held = menunggu repositorinya bebas
backup-not-held = Harusnya menunggu repositorinya bebas, tapi nggak bisa dicatat: { $why }
backup-lock-runs = lagi dipakai { $who } sejak { $since }
backup-lock-gone = dikunci { $who } sejak { $since }, prosesnya sudah nggak ada
backup-lock-unknown = dikunci { $who } sejak { $since }; masih jalan atau nggak, dari sini nggak kelihatan
backup-lock-gone-mend = Sisa proses yang terhenti paksa. Cockpit membukanya sebelum pekerjaan berikutnya di sini; pemilik bisa membukanya sekarang.
backup-lock-unknown-mend = Kalau mesin itu memang lagi mencadangkan, biarkan. Kalau sudah pasti nggak, pemilik bisa membuka kuncinya.
backup-pair-next = Berikutnya
backup-pair-proven = Teruji
backup-pair-size = Ukuran
backup-pair-held = Isinya
backup-pair-snapshots = Snapshot
backup-pair-check = Diperiksa
backup-pair-engine = Mesin
backup-pair-where = Tempat
backup-pair-paths = Menyimpan
backup-next-unplanned = kalau diminta
backup-next-now = jadwalnya { $since }
backup-next-overdue = telat sejak { $since }
backup-button-run = ▶ Cadangkan
backup-button-look = 🔭 Lihat lagi
backup-button-snapshots = 📚 Snapshot
backup-button-verify = 🔍 Periksa
backup-button-thin = 🧹 Rapikan
backup-button-size = 📈 Ukuran
backup-button-unlock = 🔓 Buka kunci
backup-button-initialise = ✨ Siapkan repositori
backup-button-job = 🧰 Lihat tugasnya

# Snapshots
backup-snapshots = { $count } snapshot, yang tertua { $oldest }.
backup-no-snapshots = Belum ada snapshot di dalamnya.
backup-no-snapshots-of-plan = Belum ada snapshot rencana ini di dalamnya.
backup-snapshots-all = Semua isi repositori, siapa pun yang membuatnya.
backup-snapshots-others = { $count ->
   *[other] { $count } lagi di repositori ini bukan dari rencana ini.
}
backup-button-all = 📚 Lihat semua isi repositori
backup-button-own = 📚 Cuma punya { $plan }
backup-not-listed = Snapshot belum bisa didaftar: repositorinya belum terjangkau.
backup-no-such-snapshot = Snapshot { $snapshot } (sudah) nggak ada di repositori.
backup-snapshot-gone = Snapshot ini (sudah) nggak ada di repositori.
backup-pair-made = Dibuat
backup-pair-id = Id
backup-pair-name = Nama
backup-pair-host = Host
backup-pair-tags = Tag
backup-pair-holds = Isinya
backup-pair-files = File
backup-button-browse = 📂 Lihat isi, pulihkan
backup-button-diff = ⇄ Dengan sebelumnya
backup-button-with = ⇄ Dengan yang lain…
backup-button-forget = 🗑 Hapus
backup-with = Mau dibandingkan dengan yang mana?
backup-between = Dari { $old } ke { $new }
backup-not-compared = Dua ini belum dibandingkan. Mesinnya perlu membaca kedua daftar filenya dulu.
backup-button-compare = ⇄ Bandingkan
backup-same = Sama persis.
backup-diff-cut = { $shown } pertama dari { $all }.
backup-pair-added = Baru
backup-pair-changed = Berubah
backup-pair-removed = Hilang

# Retention
backup-keep = { $rule ->
    [last] { $count } terakhir
    [hourly] { $count } per jam
    [daily] { $count } harian
    [weekly] { $count } mingguan
    [monthly] { $count } bulanan
   *[yearly] { $count } tahunan
}
backup-keeps-all = Rencana ini menyimpan semua snapshot.
backup-keeps-all-mend = Berapa yang disimpan diatur lewat `retention` di rencananya.
backup-why = { $rule ->
    [last] terakhir
    [hourly] per jam
    [daily] harian
    [weekly] mingguan
    [monthly] bulanan
    [yearly] tahunan
   *[within] masih baru
}
backup-keeps = Menyimpan { $rules }.
backup-would = Per { $at }: { $removed } bakal dihapus (-), { $kept } tetap (=).
backup-button-rehearse = 👁 Apa yang bakal dihapus?
backup-button-thin-now = 🧹 Hapus { $removed } sekarang
backup-button-prune = ♻ Bebaskan ruang tak terpakai

# Verify
backup-never-checked = Repositori ini belum pernah diperiksa dari sini.
backup-sound = sehat: { $says }
backup-read-structure = strukturnya
backup-read-part = struktur dan bagian { $part } dari { $of } datanya
backup-read-timed = checksum, sejauh waktunya cukup
backup-read-everything = setiap byte
backup-next-part = Pemeriksaan data berikutnya membaca bagian { $part } dari { $of }.
backup-round = Putaran ini mulai { $at }.
backup-never-proven = Belum pernah dibuktikan kalau ini bisa dipulihkan.
backup-proof-line = { $files } file ({ $size }) kembali utuh, dibuktikan { $at } dari snapshot { $of }
backup-proof-bad = uji pemulihan gagal { $at }:
backup-proven = Terbukti bisa dipulihkan per { $at }.
backup-check-mend = Jangan hapus snapshot apa pun dulu. Cek disk repositorinya, cadangkan sekali lagi ke tempat lain, lalu perbaiki pakai alat mesinnya sendiri.
backup-button-structure = 🔍 Struktur
backup-button-data = 🔬 Dengan data
backup-button-prove = 🧪 Uji pemulihan

# Size
backup-size-now = Sekarang { $size }.
backup-size-since = { $by } sejak { $since }.
backup-size-unknown = Ukurannya belum pernah diukur; nanti diukur waktu mencadangkan.
backup-size-held = Semua snapshot berisi { $size }.
backup-size-snapshots = { $count } snapshot.
backup-chart = { $plan }: ukuran repositori

# Inside a snapshot
backup-browse = { $folder } per { $at }
backup-folder-empty = Kosong.
backup-folder-of = { $number ->
   *[other] { $count } isi. Centang yang mau dipulihkan.
}
backup-no-index = Borg nggak bisa mendaftar satu folder saja. Daftar lengkapnya dibuat sekali untuk snapshot ini, lalu disimpan.
backup-indexing = lagi mendaftar isi snapshot…
backup-button-index = 📇 Daftar isinya
backup-button-where = ⏪ Pulihkan { $count } yang dicentang…
backup-picked-max = Sekali jalan paling banyak { $count } centang. Kalau lebih, centang foldernya.
backup-not-saved = Nggak ada rencana yang menyimpan { $path }.
backup-latest-which = { $path } disimpan beberapa rencana. Mau lihat snapshot terbaru yang mana?
backup-latest-none = { $path } nggak ada di snapshot terbaru, { $at }.
backup-latest-none-mend = Bisa jadi filenya lebih baru dari itu, dikecualikan pola di rencananya, atau adanya di snapshot yang lebih lama.
backup-button-folder = 📂 Foldernya di snapshot itu
backup-where = Pulihkan dari { $at }:
backup-where-says = Ke tempat asal, di samping yang ada, atau ke tempat lain? Dipulihkan di samping dulu, baru dipindah kalau sudah utuh.
backup-nothing-picked = Belum ada yang dicentang.
backup-restore-owner = Cuma pemilik yang bisa memulihkan: snapshot berisi file semua orang.
backup-button-keep = 📥 Ke tempat asal, yang ada dibiarkan
backup-button-beside = 📥 …di samping yang ada
backup-button-replace = 📥 …menimpa yang ada
backup-button-under = 📂 Ke folder baru di { $root }
backup-button-chat = 📤 Ke chat ini
backup-no-such-root = { $root } bukan salah satu folder penyimpanan.
backup-chat-caption = Dari cadangan { $plan }
backup-picked-weight = Yang dicentang: { $size }.
backup-picked-unknown = Isi folder yang dicentang seberapa besar, baru ketahuan waktu mesinnya melihat.
backup-picked-at-least = Yang dicentang: { $size } ditambah isi foldernya.
backup-chat-takes = Chat ini muat file sampai { $most }; beberapa file dan folder dikirim sebagai satu arsip.
backup-chat-takes-not = Chat ini muat file sampai { $most }: ini kebesaran.
backup-chat-sending = { $name } ({ $size }) sudah diambil dari cadangan, lagi jalan ke chat.
backup-chat-sent = { $size } terkirim.
backup-chat-empty = { $name } kosong, dan Telegram nggak menerima file kosong.
backup-chat-too-large = { $size } kebesaran buat chat ini, muatnya { $most }.
backup-chat-mend = Centang lebih sedikit, atau pulihkan ke folder penyimpanan.

# Requests
backup-runs-already = { $what } sudah jalan.
backup-busy = Tunggu dulu: { $what } lagi mengerjakan repositori ini. Satu-satu ya; ini sejauh mana jalannya.

# Questions
backup-weigh-initialise = Repositori baru yang terenkripsi dibuat di { $at }. Tanpa kata sandinya nggak ada yang bisa membacanya: simpan juga di tempat lain.
backup-weigh-unlock-gone = Prosesnya sudah nggak ada di mesin ini: repositorinya nggak sedang dipakai.
backup-weigh-unlock = Kalau ternyata mesin lain sedang memakainya, repositorinya bisa rusak.
backup-weigh-thin = { $removed } snapshot dihapus selamanya, { $kept } tetap.
backup-weigh-thin-unknown = Belum dilihat apa saja yang bakal dihapus.
backup-weigh-prune = Yang nggak dipakai snapshot mana pun dihapus. Selama itu repositorinya sibuk.
backup-weigh-forget = Snapshot { $snapshot } dihapus selamanya. Yang lain tetap utuh.
backup-weigh-keep = { $count } yang dicentang kembali ke tempat asal. Yang sudah ada dibiarkan.
backup-weigh-replace = { $count } yang dicentang kembali ke tempat asal dan menimpa yang ada sekarang. Yang ada sekarang hilang.
backup-weigh-beside = { $count } yang dicentang kembali di samping yang ada, dengan nama lain.

# What jobs came to
backup-task = 💾 Cadangkan { $plan }
backup-task-check = 🔍 Periksa { $plan }
backup-task-proof = 🧪 Uji pemulihan { $plan }
backup-task-thin = 🧹 Rapikan { $plan }
backup-done = { $added } baru dari { $size } di { $files } file.
backup-warned = Tersimpan, tapi { $count } file nggak bisa dibaca dan nggak ikut: { $names }
backup-no-snapshot = Mesinnya nggak membuat snapshot.
backup-no-snapshot-mend = Lihat lognya: nggak ada path yang bisa dibaca.
backup-after-failed = Tersimpan, tapi hook sesudahnya gagal: { $why }
backup-hook-failed = { $hook ->
    [before] Hook sebelum cadangan gagal, jadi nggak ada yang dicadangkan: { $why }
   *[after] Hook sesudah cadangan gagal: { $why }
}
backup-hook-late = nggak selesai tepat waktu
backup-hook-mend = Coba jalankan manual di server; kata-katanya ada di log pekerjaan.
backup-initialised = Repositori di { $at } siap dipakai.
backup-unlocked = Kuncinya sudah dibuka.
backup-unlock-runs = Nggak dibuka: { $who } lagi memakainya.
backup-unlock-runs-mend = Tunggu sampai selesai, atau hentikan dulu prosesnya.
backup-rehearsed = { $removed } bakal dihapus (-), { $kept } tetap (=).
backup-thinned = { $removed } dihapus, { $kept } tetap.
backup-thinned-freed = { $removed } dihapus, { $kept } tetap, { $freed } bebas lagi.
backup-pruned = { $freed } bebas lagi.
backup-forgotten = Snapshot { $snapshot } sudah dihapus.
backup-compared = { $added } baru, { $changed } berubah, { $removed } hilang.
backup-indexed = { $count } isi didaftar.
backup-check-structure = Strukturnya sehat.
backup-check-part = Strukturnya sehat, begitu juga bagian { $part } dari { $of } datanya.
backup-check-timed = Checksum-nya sehat, sejauh waktunya cukup.
backup-check-everything = Setiap bytenya sehat.
backup-check-damaged = { $count } kerusakan ditemukan, yang pertama: { $first }
backup-nothing-to-prove = Belum ada snapshot buat dipulihkan.
backup-nothing-to-prove-mend = Cadangkan dulu.
backup-proof-no-files = Snapshot terbaru nggak punya file yang bisa dicoba.
backup-proof-failed = { $count ->
    [1] Satu file nggak kembali seperti waktu disimpan: { $name }: { $why }
   *[other] { $count } file nggak kembali seperti waktu disimpan, yang pertama: { $name }: { $why }
}
backup-wrong-size = ukurannya beda dari waktu disimpan
backup-wrong-content = isinya beda dari file yang ada sekarang
backup-wrong-short = terpotong
backup-wrong-read = “{ $why }”
backup-proof-done = { $files } file ({ $size }) kembali utuh{ $compared ->
    [0] .
   *[other] ; { $compared } dibandingkan byte demi byte dengan yang ada sekarang.
}
backup-restored = { $files } file ({ $size }) dipulihkan; { $replaced } ditimpa, { $beside } di samping, { $kept } dilewati karena sudah ada.
backup-restored-to = { $files } file ({ $size }) dipulihkan ke { $place }
backup-restored-partly = { $files } file ({ $size }) dipulihkan, { $count } nggak: { $names }
backup-restored-simulated = { $files } file ({ $size }) dipulihkan (simulasi)
backup-restore-no-room = Nggak bisa menulis di { $at }: { $why }
backup-restore-no-room-mend = Pulihkan ke folder penyimpanan saja, atau izinkan Cockpit menulis di sana (service-nya mungkin melindungi sistem).
backup-verb-restore = ⏪ Pulihkan
