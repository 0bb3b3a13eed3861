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
containers-garbled = Jawaban engine tidak bisa dimengerti: { $why }
containers-mend-no-socket = Pasang Docker atau socket Podman, atau tulis tempatnya: containers.socket di config. Tidak perlu? containers.enabled = false.
containers-mend-no-answer = Cek di server: systemctl status docker
containers-mend-denied = Masukkan user Cockpit ke grupnya: usermod -aG docker USER – atau jalankan Cockpit sebagai root.
containers-mend-slow = Dia macet. Di server: journalctl -u docker -n 50, lalu systemctl restart docker.
containers-mend-wait = Nanti dicoba lagi sendiri.
containers-mend-too-old = Perbarui Docker: paling lama yang bisa dipakai 1.13.
containers-mend-not-found = Mungkin sudah dihapus atau ganti nama. Lihat daftarnya saja.
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
containers-exit-139 = crash: segmentation fault
containers-exit-143 = berhenti karena diminta (SIGTERM)
containers-exit-signal = dimatikan sinyal { $signal }
containers-state-since = { $state } sudah { $span }, sejak { $at }
containers-state-ago = { $state } { $ago }, pukul { $at }
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
containers-needs = { $service } butuh { $needs }
containers-button-start-all = ▶ Nyalakan semua
containers-button-restart-all = ↻ Restart semua
containers-button-stop-all = ■ Hentikan semua

# The dashboard
containers-glance-good = { $n } container
containers-glance-bad = { $good } · { $bad } bermasalah: { $names }
containers-glance-unknown = Container belum diketahui: { $why }
containers-problem = { $name } { $state }
containers-problem-ago = { $name } { $state } { $ago }

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
containers-policy-restarts = { $policy }, sudah { $n }×
containers-of-project = { $service } dari proyek { $project }
containers-protected = Dilindungi: tidak bisa dihentikan dari chat.
containers-check-failing = Cek kesehatan gagal { $n }× berturut-turut:
containers-check-silent = exit { $code }, tanpa pesan
containers-mounts = Mount
containers-networks = Jaringan
containers-ports-inside = Port, tidak dibuka keluar
containers-env = Environment
containers-values-note = Nilainya bisa rahasia: hapus pesan ini kalau sudah selesai ya.
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
containers-log-live = ● live
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
containers-log-file-says = 📜 { $name }: { $n } baris, { $size }
containers-log-file-cut = Yang paling lama tidak muat, jadi ditinggal.
containers-log-file-late = Ujungnya belum tercapai dalam 90 dtk.
containers-log-file-empty = Tidak ada baris seperti itu, jadi tidak ada file.

# Storage
containers-stock-usage = 📊 Pemakaian
containers-stock-images = Image
containers-stock-volumes = Volume
containers-stock-networks = Jaringan
containers-stock-empty = Tidak ada.
containers-shelf-containers = Container
containers-shelf-cache = Build
containers-shelf = { $size }, { $used }/{ $all } dipakai
containers-usage-says = Semuanya { $total }; { $free } tidak dipakai siapa pun.
containers-usage-volumes = Volume terbesar
containers-prune-images = 🧹 Image lepas
containers-prune-cache = 🧹 Cache build
containers-prune-containers = 🧹 Yang berhenti
containers-prune-networks = 🧹 Jaringan
containers-pruned = Beres ✔ { $n } dihapus, { $size } kembali.
containers-pruned-some = Beres ✔ { $n } dihapus.
containers-pruned-nothing = Tidak ada yang dihapus: semua dipakai.
containers-unused = tidak dipakai
containers-dangling = (tanpa tag) { $id }
containers-internal = internal
containers-button-unused-volumes = 🗑 Volume nganggur…
containers-no-unused-volumes = Semua volume dipakai.
containers-unused-volumes = { $n } dari { $all } volume nganggur ada di sini:
containers-volumes-warn = Container yang sudah dihapus mungkin meninggalkan satu-satunya data di salah satunya.
containers-button-remove-volumes = 🗑 Hapus { $n } ini…
containers-volumes-changed = Volume nganggurnya sudah beda dari daftar. Lihat lagi; belum ada yang dihapus.

# The simulator's board
containers-toy-loop = demo-worker-1 crash terus-menerus
containers-toy-oom = shop-app-1 kehabisan memori
containers-toy-sick = shop-web-1 sakit
containers-toy-away = Engine container tidak jalan
containers-toy-denied = Socket engine tidak boleh dibuka
containers-toy-hangs = Engine container macet
