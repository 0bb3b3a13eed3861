# Words of: containers
containers-crumb-cargo = Kargo
containers-crumb = Container
containers-crumb-details = Detail
containers-crumb-unused = Nganggur
containers-away = Container: bagian Cockpit ini lagi dinyalakan ulang. Coba sebentar lagi ya.

# The connection
containers-connecting = Lagi nyambung ke engine…
containers-reconnecting = Lagi nyambung ulang ke engine, sudah { $span }: { $why }
containers-no-socket = Engine container tidak ada: { $paths } tidak ketemu.
containers-no-answer = Tidak ada yang jawab di { $socket }: engine-nya tidak jalan.
containers-denied = Cockpit tidak boleh membuka { $socket }.
containers-slow = Engine belum menjawab dalam { $seconds } dtk.
containers-lost = Sambungan ke engine putus.
containers-too-old = Engine memakai API { $found }; minimal perlu { $needed }.
containers-not-found = Engine tidak kenal nama itu.
containers-refused = Engine menolak: { $why }
containers-podman-registry = Layanan Podman tidak bisa ditanya apa yang ada di registry. Di server: podman auto-update --dry-run memberi tahu untuk container berlabel io.containers.autoupdate.
containers-podman-twin = Layanan Podman tidak menyebut semua pengaturan sebuah container: kalau dibuat ulang, ada yang bisa hilang. Container itu tidak disentuh.
containers-garbled = Jawaban engine tidak bisa dimengerti: { $why }
containers-mend-no-socket = Pasang Docker atau socket Podman, atau tulis tempatnya: containers.socket di config. Tidak perlu? containers.enabled = false.
containers-mend-no-answer = Cek di server: systemctl status docker
containers-mend-denied = Masukkan user Cockpit ke grupnya, lalu nyalakan ulang Cockpit: usermod -aG docker USER – atau jalankan Cockpit sebagai root.
containers-mend-slow = Dia macet. Di server: journalctl -u docker -n 50, lalu systemctl restart docker.
containers-mend-wait = Nanti dicoba lagi sendiri.
containers-mend-too-old = Perbarui Docker: paling lama yang bisa dipakai 1.13.
containers-mend-not-found = Mungkin sudah dihapus atau ganti nama. Lihat daftarnya saja.
containers-mend-podman = Di server: podman auto-update, atau podman pull lalu buat ulang seperti dulu kamu membuatnya.
containers-mend-log = Log engine mungkin cerita lebih banyak: journalctl -u docker -n 50

# States
containers-state-healthy = sehat
containers-state-unhealthy = sakit
containers-state-starting = lagi mulai
containers-state-running = jalan
containers-state-created = baru dibuat
containers-state-paused = dijeda
containers-state-restarting = bangun lagi
containers-state-done = selesai, exit 0
containers-state-exited = berhenti, exit { $code }
containers-brief-done = selesai
containers-brief-exited = exit { $code }
containers-state-stopped = berhenti
containers-state-dead = mati
containers-state-removing = lagi dihapus
containers-state-unknown = belum diketahui
containers-ended = { $how } – { $means }
containers-exit-oom = dimatikan: memori habis
containers-exit-125 = engine tidak bisa menjalankannya
containers-exit-126 = program tidak bisa dieksekusi
containers-exit-127 = program tidak ada
containers-exit-130 = dihentikan Ctrl-C
containers-exit-134 = batal sendiri (abort)
containers-exit-137 = dimatikan SIGKILL
containers-137-limit = Kehabisan memori juga berakhir begini, dan engine nggak selalu tahu. Batasnya { $limit }. Di server: journalctl -k -g oom
containers-137 = Kehabisan memori juga berakhir begini, dan engine nggak selalu tahu. Di server: journalctl -k -g oom
containers-exit-139 = crash: segmentation fault
containers-exit-143 = berhenti karena diminta (SIGTERM)
containers-exit-signal = dimatikan sinyal { $signal }
containers-state-since = { $state } sudah { $span }, sejak { $at }
containers-state-ago = { $state } { $ago }, pukul { $at }
containers-state-started = { $state }; nyala { $ago }, pukul { $at }
containers-last-known = Terakhir diketahui: { $state }

# The list
containers-counts = { $running } jalan · { $stopped } berhenti · { $troubled } bermasalah
containers-found = { $n } dengan “{ $words }”
containers-empty-search = Tidak ketemu. Coba hurufnya dikurangi.
containers-empty-all = Belum ada container.
containers-empty-running = Tidak ada yang jalan.
containers-empty-stopped = Tidak ada yang berhenti.
containers-empty-troubled = Tidak ada yang bermasalah ✔
containers-project-count = { $up }/{ $all } jalan
containers-alone = Sendirian
containers-tab-all = Semua
containers-tab-running = Jalan
containers-tab-stopped = Berhenti
containers-tab-troubled = Masalah { $n }
containers-search = 🔍 Cari
containers-search-hint = Container yang mana? Ketik sebagian nama, image, atau proyeknya, misalnya: web
containers-search-empty = Perlu beberapa huruf, misalnya: web
containers-stock = 🗄 Gudang

# A project
containers-project-gone = Proyek itu sudah tidak ada.
containers-project-says = { $up } dari { $all } jalan
containers-project-protected = Dilindungi, jadi proyek ini tidak bisa dihentikan dari sini: { $list }
containers-project-files = File Compose: { $files }
containers-needs = { $service } butuh { $needs }
containers-button-start-all = ▶ Nyalakan semua
containers-button-restart-all = ↻ Restart semua
containers-button-stop-all = ■ Hentikan semua

# The dashboard
containers-glance-good = { $n } container
containers-glance-bad = { $bad } bermasalah: { $names } · { $good } jalan
containers-glance-unknown = Container belum diketahui: { $why }
containers-problem = { $name } { $state }
containers-problem-ago = { $name }: { $state }, { $ago }

# A container
containers-image = Image
containers-image-id = Id image
containers-id = Id
containers-created = Dibuat
containers-pid = PID
containers-cpu = CPU
containers-memory = Memori
containers-memory-of = { $used } dari { $max }
containers-ports = Port
containers-policy = Restart
containers-policy-no = tidak pernah
containers-policy-always = selalu
containers-policy-unless-stopped = kecuali dihentikan
containers-policy-on-failure = kalau gagal
containers-policy-on-failure-most = kalau gagal, paling banyak { $n }×
containers-policy-restarts = { $policy }, sudah { $n }×
containers-of-project = { $service } dari proyek { $project }
containers-protected = Dilindungi: tidak bisa dihentikan dari chat.
containers-checks = Cek kesehatan
containers-check-failing = Cek kesehatan gagal { $n }× berturut-turut:
containers-check-silent = exit { $code }, tanpa pesan
containers-mounts = Mount
containers-networks = Jaringan
containers-ports-inside = Port, tidak dibuka keluar
containers-env = Environment
containers-values-note = Nilainya bisa rahasia: hapus pesan ini kalau sudah selesai ya.
containers-values-private = Nilainya bisa rahasia: cuma aku tunjukkan di chat pribadi kita.
containers-button-start = ▶ Nyalakan
containers-button-stop = ■ Hentikan
containers-button-restart = ↻ Restart
containers-button-pause = ⏸ Jeda
containers-button-unpause = ▶ Lanjutkan
containers-button-kill = ✖ Matikan
containers-button-remove = 🗑 Hapus
containers-button-log = 📜 Log
containers-button-details = ℹ Detail
containers-button-values = 🔑 Lihat nilainya

# What is done, and what became of it
containers-doing-start = menyalakan
containers-doing-stop = menghentikan
containers-doing-restart = restart
containers-doing-pause = menjeda
containers-doing-unpause = melanjutkan
containers-doing-kill = mematikan
containers-doing-remove = menghapus
containers-op = Oke, aku kerjakan… { $doing }, sudah { $span }, oleh { $by }
containers-op-step = Oke, aku kerjakan… { $doing } { $name } ({ $at } dari { $of }), sudah { $span }, oleh { $by }
containers-evidence = { $at } · { $seconds } dtk · oleh { $by }
containers-done-up = Beres: { $name } jalan, sudah stabil 5 detik.
containers-done-healthy = Beres: { $name } jalan dan sehat.
containers-done-unpause = { $name } lanjut lagi.
containers-done-down = { $name } sudah berhenti: { $how }.
containers-done-down-killed = { $name } sudah berhenti. Diminta baik-baik tidak mau, jadi engine mematikannya (exit 137).
containers-done-paused = { $name } dijeda.
containers-done-removed = { $name } sudah dihapus.
containers-not-yet-healthy = { $name } jalan; cek kesehatannya belum memutuskan dalam 90 dtk.
containers-not-refused = { $name }: { $why }
containers-not-otherwise = { $name } { $state }, bukan seperti yang diminta.
containers-not-tried = { $name }: tidak dicoba, karena yang sebelumnya gagal.
containers-not-died = Belum berhasil: { $name } tidak bertahan, { $how }.
containers-not-restarting = Belum berhasil: { $name } crash dan dinyalakan ulang terus.
containers-not-healthy = { $name } jalan, tapi cek kesehatannya gagal.
containers-not-started = { $name } tidak bisa dinyalakan: { $why }
containers-refused-protected = { $name } dilindungi (containers.protected).
containers-refused-busy = { $name } lagi sibuk: { $doing }, dimulai { $by } { $ago }.
containers-refused-many = Terlalu banyak yang lagi dikerjakan. Coba sebentar lagi ya.
containers-refused-unknown = { $name } sudah tidak ada.
containers-refused-running = { $name } masih jalan. Hentikan dulu; yang dihapus hanya yang berhenti.

# What would follow
containers-weigh-unknown = Apa yang bergantung padanya belum diketahui: engine tidak menjawab.
containers-weigh-engine-stop = { $n } container ikut berhenti, antara lain { $list }
containers-weigh-engine-restart = { $n } container ikut mati; yang punya restart policy hidup lagi: { $list }
containers-weigh-spared = { $n } container tetap jalan tanpanya.
containers-weigh-none = Tidak ada container yang jalan.
containers-weigh-published-name = { $name } (dibuka di { $ports })
containers-and-more = { $n } lagi
containers-weigh-project = { $n } jalan: { $list }
containers-weigh-ports = Sementara tidak bisa diakses: { $ports }
containers-weigh-needed = { $n } di proyeknya butuh dia: { $list }
containers-weigh-remove = Yang dia tulis di luar volume hilang.
containers-weigh-remove-volumes = Yang dia tulis di luar volume hilang. Volume tetap ada: { $list }
containers-weigh-kill = Langsung mati, tanpa beres-beres.
containers-weigh-kill-volumes = Langsung mati, tanpa beres-beres; data di { $list } bisa setengah jadi.
containers-weigh-pause = Dibekukan: tidak menjawab siapa pun sampai dilanjutkan.
containers-weigh-volumes-kept = Volume tetap ada: { $list }
containers-forecast-images = { $n } image tanpa tag dan tanpa container: { $size } jadi lega.
containers-forecast-no-images = Nggak ada yang bisa dibebaskan: semua image punya tag atau container.
containers-forecast-cache = Paling banyak { $size } jadi lega.
containers-forecast-no-cache = Nggak ada yang bisa dibebaskan: nggak ada cache build yang nganggur.
containers-forecast-stopped = { $n } container yang berhenti dihapus, termasuk lognya dan yang ditulisnya di luar volume: { $list }
containers-forecast-stopped-size = Paling banyak { $size } jadi lega. Volume tetap ada.
containers-forecast-no-stopped = Nggak ada yang dihapus: semua container jalan.
containers-forecast-networks = { $n } network yang nggak terikat container mana pun dihapus: { $list }. Isinya nggak makan tempat.
containers-forecast-no-networks = Nggak ada yang dihapus: semua network terikat container.
containers-forecast-spared = Dibiarkan, karena dilindungi atau disimpan oleh pembaruan: { $list }
containers-forecast-uncounted = Berapa yang jadi lega belum dihitung: buka dulu pemakaiannya.
containers-refused-way-back = Pembaruan { $name } belum beres: jalan pulangnya butuh yang mau dihapus ini. Bereskan itu dulu ya.
containers-weigh-prune = Yang sekarang tidak dipakai dihapus, dan harus diambil atau dibangun lagi kalau perlu.
containers-weigh-volumes = { $n } volume dan semua isinya hilang selamanya: { $list }

# The log
containers-log-crumb = Log
containers-log-lines = { $n } baris terakhir
containers-log-only-errors = stderr saja
containers-log-since-start = sejak nyala
containers-log-since-hour = 1 jam terakhir
containers-log-since-day = 24 jam terakhir
containers-log-with = dengan “{ $words }”
containers-log-stderr = { $mark } = stderr
containers-log-empty = Tidak ada baris seperti itu.
containers-log-search-stopped = Hanya { $n } baris terbaru yang dicari, paling lama 4 dtk. Persempit dengan waktu.
containers-log-search-hint = Barisnya harus berisi kata apa? Misalnya: timeout
containers-log-search-off = ✕ Cari
containers-log-always = Semua
containers-log-start = Sejak nyala
containers-log-hour = 1 jam
containers-log-day = 24 jam
containers-log-errors = stderr
containers-log-follow = ● Ikuti
containers-log-unfollow = ◼ Berhenti ikuti
containers-log-file = 📎 Jadi file
containers-log-file-says-cut = 📜 { $name }: { $size } terbaru dari { $n } baris
containers-log-file-says = 📜 { $name }: { $n } baris, { $size }
containers-log-file-cut = Cuma { $max } terbaru yang muat; baris yang lebih lama tidak ikut.
containers-log-file-late = Ujungnya belum tercapai dalam 90 dtk.
containers-log-file-empty = Tidak ada baris seperti itu, jadi tidak ada file.

# Storage
containers-stock-usage = 📊 Pemakaian
containers-stock-images = Image
containers-stock-volumes = Volume
containers-stock-networks = Jaringan
containers-stock-empty = Tidak ada.
containers-shelf-containers = Isinya
containers-shelf-cache = Build
containers-shelf = { $size } · { $used }/{ $all }
containers-usage-says = Semuanya { $total }; { $free } tidak dipakai siapa pun. Di belakang ukuran: berapa yang dipakai, dari berapa.
containers-usage-volumes = Volume terbesar
containers-prune-images = 🧹 Image lepas
containers-prune-cache = 🧹 Cache build
containers-prune-containers = 🧹 Yang berhenti
containers-prune-networks = 🧹 Jaringan
containers-pruned = { $n } dihapus, { $size } kembali.
containers-pruned-size = Beres: { $size } jadi lega.
containers-pruned-some = { $n } dihapus.
containers-pruned-nothing = Tidak ada yang dihapus: semua dipakai.
containers-unused = tidak dipakai
containers-dangling = (tanpa tag) { $id }
containers-internal = internal
containers-button-unused-volumes = 🗑 Volume nganggur…
containers-no-unused-volumes = Semua volume dipakai.
containers-unused-volumes = { $all ->
    [1] Satu volume nggak dipakai container mana pun:
   *[other] { $n } dari { $all } volume nganggur ada di sini:
}
containers-volumes-warn = Container yang sudah dihapus mungkin meninggalkan satu-satunya data di salah satunya.
containers-button-remove-volumes = { $n ->
    [1] 🗑 Hapus ini…
   *[other] 🗑 Hapus { $n } ini…
}
containers-volumes-changed = Volume nganggurnya sudah beda dari daftar. Lihat lagi; belum ada yang dihapus.

# Newer images
containers-crumb-file = File
containers-doing-update = lagi diperbarui
containers-updates = Image baru
containers-updates-off = Registry tidak ditanya soal image baru. Mau dinyalakan? containers.updates.enabled = true di config.
containers-updates-checking = Lagi tanya registry… { $done } dari { $of }
containers-updates-none = Yang mau ditanyakan belum ada yang jalan.
containers-updates-nowhere = Semua ini bukan dari registry yang bisa punya versi lebih baru.
containers-updates-all-current = Semua yang ditanyakan sudah paling baru.
containers-updates-unknown = Belum ada yang ketahuan lebih baru; { $n } belum diketahui.
containers-updates-newer = { $n } container punya image yang lebih baru.
containers-updates-left-out = Tidak ditanyakan: { $n } (containers.updates.which)
containers-updates-when = Ditanya sendiri: { $schedule }. Tidak ada yang diperbarui sendiri.
containers-found-newer = ada yang baru
containers-found-current = paling baru
containers-found-pinned = dipatok
containers-found-built = buatan sini
containers-found-unknown = belum tahu
containers-found-not-asked = belum ditanya
containers-registry-no-such = Registry tidak punya image bernama itu, atau minta login dulu.
containers-newer = Registry punya { $image } yang lebih baru (ditanya { $ago }).
containers-button-updates = ⬆ Image baru: { $n }
containers-button-update = ⬆ Perbarui…
containers-button-update-all = ⬆ Perbarui { $n }…
containers-button-check = ↻ Tanya sekarang
containers-button-schedule = 🗓 Jadwal
containers-task-updates = Tanya image container yang baru
containers-task-updates-begun = Registry lagi ditanya.
containers-refused-checking = Registry sudah lagi ditanya.
containers-refused-sweeping = Masih ada yang dibersihkan. Tunggu selesai dulu ya.
containers-nothing-newer = Belum ada yang lebih baru untuknya.
containers-not-updated-stopped = Tidak diperbarui: cuma container yang jalan. Nyalakan dulu.
containers-not-updated-rm = Tidak diperbarui: dia menghapus diri waktu berhenti (--rm), jadi tidak ada jalan balik.
containers-not-updated-pinned = Tidak diperbarui: image-nya dipatok dengan digest.
containers-not-updated-leftover = Ada pembaruan yang terputus: { $name } itu container sebelumnya, masih disimpan. Putuskan dulu: kembalikan, atau hapus.
containers-not-updated-shared = Tidak diperbarui: { $list } menumpang jaringannya dan bakal putus.
containers-not-updated-compose = Kata Compose: { $why }
containers-done-updated = { $name } jalan dari image baru, stabil 15 detik.
containers-done-updated-healthy = { $name } jalan dari image baru dan sehat.
containers-update-current = { $name } sudah jalan dari image paling baru.
containers-update-done = { $name } jalan dari image baru dan baik-baik saja.
containers-update-done-all = Semua { $n } jalan dari image baru dan baik-baik saja.
containers-update-busy = { $name } masih sibuk dengan yang dimulai { $by }.
containers-update-rolled-back = { $name } yang baru tidak bertahan. Yang lama sudah kembali dan baik-baik saja.
containers-update-lost = { $name } yang baru tidak bertahan, dan yang lama tidak mau kembali.
containers-update-failed = { $name } tidak diperbarui.
containers-update-look = Kata-kata terakhirnya ada di layar { $name }.
containers-not-rolled-back = { $why } { $name } yang lama sudah kembali dan baik-baik saja.
containers-not-rolled-back-badly = { $why } Lalu waktu kembali: { $back }
containers-weigh-update = Image-nya diambil lagi, lalu dibuat ulang dengan setelan yang sama. Beberapa detik tidak bisa dipakai.
containers-weigh-update-back = Kalau yang baru tidak sehat, yang lama kembali.
containers-weigh-volumes-unlisted = Daftarnya sudah tidak ada di sini. Lihat lagi dulu; kalau tidak, yang dihapus cuma yang nganggur di daftar yang sama.

# Clearing away
containers-sweeping = Oke, { $what }… sudah { $span }, oleh { $by }
containers-sweep-images = lagi menghapus image tanpa tag
containers-sweep-cache = lagi menghapus cache build
containers-sweep-containers = lagi menghapus container yang berhenti
containers-sweep-networks = lagi menghapus jaringan yang nganggur
containers-sweep-volumes = lagi menghapus { $n } volume yang nganggur
containers-swept = { $ago } · oleh { $by }
containers-stock-map = 🗺 Gambar
containers-map-title = Isi disk punya container: { $total }
containers-map-used = dipakai
containers-map-cache = Cache build
containers-sizes-ago = Ukuran dihitung { $ago }
containers-compose-labels = Compose
containers-log-file-ready-cut = Siap: { $size } terbaru dari { $n } baris.
containers-log-file-ready = Siap: { $n } baris, { $size }.
containers-log-file-send = 📎 Kirim { $size }
containers-log-file-gone = File ini sudah tidak ada di sini. Kumpulkan lagi ya.
containers-toy-newer = Registry punya nginx:1.27 yang lebih baru
containers-toy-newer-bad = Registry punya vaultwarden baru yang crash
containers-toy-registry = Registry tidak terjangkau

# The simulator's board
containers-toy-loop = demo-worker-1 crash terus-menerus
containers-toy-oom = shop-app-1 kehabisan memori
containers-toy-sick = shop-web-1 sakit
containers-toy-away = Engine container tidak jalan
containers-toy-denied = Socket engine tidak boleh dibuka
containers-toy-hangs = Engine container macet

# Pembaruan yang terputus
containers-doing-put-back = mengembalikan
containers-half-runs = Pembaruan { $name } terputus: yang baru jalan, yang lama disimpan sebagai { $old }.
containers-half-kept = Pembaruan { $name } terputus: yang lama disimpan sebagai { $old } dan nggak jalan.
containers-half-stopped = Pembaruan { $name } terputus pas { $name } baru dihentikan.
containers-half-mend = Kembalikan yang lama: masih seperti semula, lengkap dengan volumenya.
containers-half-decide = Belum ada yang lihat yang baru sehat atau nggak. Cek dulu, lalu pilih salah satu.
containers-half-gone = { $name } sudah utuh lagi: nggak ada yang perlu dikembalikan.
containers-done-put-back = { $name } yang lama sudah kembali dan sehat.
containers-button-put-back = ↩ Kembalikan yang lama
containers-button-remove-old = 🗑 Pakai yang baru, hapus yang lama
containers-button-half = ✖ { $name }: setengah jadi
containers-weigh-put-back = Yang lama kembali seperti semula. Volume tetap aman.
containers-weigh-put-back-runs = Yang baru sedang jalan; dihentikan dan dihapus, beserta isinya di luar volume.
containers-doing-finish = menyelesaikan
containers-half-compose-unwell = Pembaruan { $name } oleh Compose nggak sampai selesai: yang baru jalan tapi nggak sehat.
containers-half-compose-down = Pembaruan { $name } oleh Compose nggak sampai selesai: container-nya nggak jalan.
containers-half-compose-gone = Pembaruan { $name } oleh Compose nggak sampai selesai: container-nya sudah nggak ada.
containers-half-compose-mend = Selesaikan: Compose membuatnya dari { $image } yang ada di sini sekarang. Atau kembalikan: dari image sebelumnya. Volume tetap aman.
containers-button-finish = ▶ Selesaikan
containers-weigh-compose-on = Compose membuat { $service } dari { $image } yang ada di sini sekarang, lalu ditunggu sampai sehat.
containers-weigh-compose-back = { $image } jadi image sebelumnya lagi, dan Compose membuat { $service } dari situ.
containers-weigh-compose-volumes = Volume tetap aman. Layanan lain di proyek ini nggak disentuh.
containers-update-noted = { $done } { $note }
containers-update-file-changed = Isi file proyeknya sekarang beda dari waktu { $service } dibuat: jadi dibuat ulang seperti semula, tanpa Compose.
containers-update-file-unread = Compose nggak bisa membaca file proyeknya: { $why } Jadi dibuat ulang seperti semula, tanpa Compose.
containers-button-let-go = ✓ Biarkan begini
containers-weigh-let-go = Nggak ada yang disentuh. Cockpit melupakan awal pembaruan { $service } dan nggak mengingatkan lagi; image sebelumnya boleh dibersihkan.
containers-not-updated-not-noted = Nggak dimulai: jalan baliknya nggak bisa dicatat (lihat log Cockpit). Nggak ada yang disentuh.
containers-not-updated-unfinished = Pembaruan { $name } yang terakhir belum tuntas: layarnya bilang apa yang bisa dilakukan. Kalau jalannya baik, setengah menit lagi sudah beres.
containers-not-updated-no-compose = Compose sudah nggak ada di sini: docker compose atau docker-compose (containers.updates.compose).
containers-not-updated-image-gone = Image sebelumnya sudah nggak ada: sudah dibersihkan. Selesaikan saja pembaruannya.
containers-project-waiting = ⬆ Image baru menunggu untuk: { $list }
