# Words of: services
services-crumb-engine = Mesin
services-crumb = Layanan
services-away = Layanan: bagian Cockpit ini lagi dinyalakan ulang. Coba sebentar lagi ya.

# The connection
services-connecting = Lagi nyambung ke systemd…
services-reconnecting = Lagi nyambung ulang ke systemd, putus sudah { $span }: { $why }
services-bus-no-systemd = Mesin ini tidak dinyalakan oleh systemd (container, atau init lain).
services-bus-none = D-Bus tidak ada di { $address }: { $why }.
services-bus-lost = Sambungan ke systemd putus.
services-bus-slow = systemd belum menjawab dalam { $seconds } dtk.
services-no-such-unit = systemd tidak kenal unit { $unit }.
services-masked-refused = { $unit } di-mask, jadi systemd tidak mau menyalakannya.
services-no-install = { $unit } tidak bisa dibuat otomatis saat boot: filenya tidak punya bagian [Install].
services-denied = Kata systemd: tidak boleh. { $why }
services-refused = systemd menolak: { $why }
services-garbled = Jawaban systemd tidak bisa dimengerti: { $why }
services-mend-no-systemd = Jalankan Cockpit langsung di host-nya supaya layanannya kelihatan.
services-mend-no-bus = Cek di server: systemctl status dbus
services-mend-wait = Nanti dicoba lagi sendiri.
services-mend-name = Cari nama yang benar lewat 🔍.
services-mend-masked = Biar boleh lagi: systemctl unmask { $unit }
services-mend-no-install = Dia dinyalakan unit lain kalau perlu.
services-mend-denied = Jalankan Cockpit sebagai root, atau izinkan lewat polkit (org.freedesktop.systemd1.manage-units).
services-mend-log = Lognya mungkin cerita lebih banyak.

# States
services-state-running = jalan
services-state-active = aktif
services-state-waiting = menunggu
services-state-listening = siap menerima
services-state-mounted = ter-mount
services-state-exited = selesai, tetap aktif
services-state-reloading = muat ulang
services-state-failed = gagal
services-state-auto-restart = crash, bangun lagi
services-state-starting = lagi mulai
services-state-stopping = lagi berhenti
services-state-stopped = berhenti
services-state-ran = sudah jalan, beres
services-state-not-found = belum dipasang
services-state-masked = di-mask
services-state-broken = file unit salah
services-state-unknown = belum diketahui
services-not-loaded = tidak dipakai
services-state-since = { $state } sudah { $span }, sejak { $at }
services-state-ago = { $state } { $ago }, pukul { $at }
services-last-known = Terakhir diketahui: { $state }

# How it ended
services-ended-unknown = berakhir dengan error
services-ended-core = { $how } (core dump)
services-ended-oom = { $how } – kehabisan memori
services-ended-timeout = kelamaan, jadi dimatikan paksa
services-ended-watchdog = tidak memberi kabar ke watchdog
services-ended-limit = terlalu sering gagal, systemd menyerah
services-ended-limit-how = { $how }; keseringan, systemd menyerah
services-ended-resources = systemd tidak bisa menyiapkan kebutuhannya
services-ended-protocol = tidak lapor siap sesuai tipenya
services-ended-condition = ceknya sendiri bilang tidak
services-ended-dependency = sesuatu yang dia butuhkan tidak jalan
services-exit-code = exit { $code }
services-exit-code-means = exit { $code }, { $meaning }
services-exit-killed = dimatikan { $signal }
services-exit-126 = programnya tidak bisa dijalankan
services-exit-127 = programnya tidak ketemu
services-exit-200 = folder kerjanya tidak ada
services-exit-203 = programnya tidak ada atau tidak bisa dijalankan
services-exit-209 = file keluarannya tidak bisa dibuka
services-exit-217 = user atau grupnya tidak ada
services-exit-218 = capability-nya tidak bisa dipasang
services-exit-226 = sandbox-nya tidak bisa disiapkan
services-exit-238 = salah satu foldernya tidak bisa dibuat
services-exit-243 = kredensialnya tidak terbaca

# Lists
services-counts = { $failed } gagal · { $watched } dipantau · { $all } semuanya
services-found = { $n ->
   *[other] ketemu { $n } dengan “{ $words }”
}
services-empty-watched = Belum ada yang dipantau. Tulis layananmu di cockpit.toml: [services] watch = ["ssh", "nginx"]
services-empty-failed = Tidak ada yang gagal.
services-empty-timers = Tidak ada timer yang aktif.
services-empty-all = systemd tidak punya layanan.
services-empty-search = Tidak ketemu. Coba hurufnya dikurangi.
services-average = rata2 { $percent }
services-tab-watched = Dipantau
services-tab-failed = Gagal { $n }
services-tab-all = Semua
services-tab-timers = Timer
services-search = 🔍 Cari
services-search-hint = Layanan yang mana? Ketik sebagian nama atau keterangannya, misalnya: ngi
services-search-empty = Perlu beberapa huruf, misalnya: ngi
services-timer-in = { $span } lagi
services-timer-due = sekarang
services-timer-last = jalan { $ago }
services-timer-never = belum pernah jalan
services-and-more = { $list } dan { $n } lagi

# The dashboard
services-glance-good = { $n ->
   *[other] { $n } layanan
}
services-glance-none-failed = tidak ada layanan yang gagal
services-glance-bad = { $good } layanan   ✖ { $bad }: { $names }
services-glance-unknown = Layanan belum diketahui: { $why }
services-problem = { $unit } { $state }
services-problem-since = { $unit } { $state } { $ago }
services-problem-not-found = { $unit } dipantau tapi belum dipasang

# A unit
services-says = Katanya: { $text }
services-crashed = crash lalu dinyalakan lagi { $n }× dalam { $span }
services-crashed-gave-up = dinyalakan lagi { $n }× dalam { $span }, lalu systemd menyerah
services-memory = Memori
services-memory-of = { $used } dari { $max }
services-cpu = CPU
services-cpu-now = { $percent } (total { $total })
services-cpu-average = rata2 { $percent } (total { $total })
services-cpu-before = { $total } di putaran terakhir
services-pid = PID
services-tasks = Task
services-restarts = Restart
services-last-ending = Akhir lalu
services-boot = Saat boot
services-boot-enabled = ikut jalan
services-boot-disabled = tidak ikut
services-boot-static = kalau perlu
services-boot-masked = di-mask
services-boot-none = –
services-timer-next = Berikut
services-timer-before = Terakhir
services-when-in = { $at } ({ $span } lagi)
services-when-ago = { $at } ({ $ago })
services-timer-line = ⏱ { $timer }: berikutnya { $next }, terakhir { $last }
services-needed-by = Dibutuhkan: { $list }
services-needed-by-idle = Dibutuhkan: { $list } (sekarang tidak jalan)
services-wanted-by = Diminta: { $list }
services-triggers = Menyalakan: { $list }
services-triggered-by = Dinyalakan oleh: { $list }
services-needs-reload = Filenya berubah di disk; systemd masih pakai yang lama. Biar yang baru dipakai: systemctl daemon-reload
services-protected = 🔒 Dilindungi: tidak bisa dihentikan dari chat.
services-seconds = { $n } dtk

# Acts
services-doing-start = lagi dinyalakan…
services-doing-stop = lagi dihentikan…
services-doing-restart = lagi dinyalakan ulang…
services-doing-reload = lagi muat ulang…
services-doing-enable = lagi dipasang untuk boot…
services-doing-disable = lagi dilepas dari boot…
services-doing-reset = lagi melupakan kegagalannya…
services-op = Oke, { $doing } { $span } ({ $by })
services-op-settling = { $unit } sudah naik; aku tunggu 3 detik, stabil tidak ya…
services-op-adrift = { $doing } Sambungannya putus di tengah jalan; aku cek lagi begitu nyambung.
services-done-start = Beres: { $unit } sudah jalan, stabil 3 detik.
services-done-restart = Beres: { $unit } jalan lagi, sudah stabil 3 detik.
services-done-reload = Beres: { $unit } sudah muat ulang dan stabil 3 detik.
services-done-ran = Beres: { $unit } sudah jalan sekali dan selesai baik.
services-done-stop = Beres: { $unit } sudah berhenti.
services-done-stop-badly = { $unit } berhenti, tapi tidak mulus: { $how }.
services-done-enable = Beres: { $unit } ikut jalan saat boot mulai sekarang.
services-done-disable = Beres: { $unit } tidak ikut boot lagi. Yang lagi jalan tetap jalan.
services-done-reset = Beres: kegagalan { $unit } sudah dilupakan.
services-not-ended = Belum berhasil: { $unit } mulai lalu selesai sendiri, tanpa error.
services-not-condition = { $unit } tidak dinyalakan: syarat di filenya belum terpenuhi.
services-not-died = Belum berhasil: { $unit } sempat naik lalu jatuh lagi: { $how }.
services-not-started = Belum berhasil: { $unit } tidak mau naik: { $how }.
services-not-dependency = Belum berhasil: sesuatu yang dibutuhkan { $unit } tidak jalan.
services-not-timeout = Belum berhasil: { $unit } kelamaan mulai; systemd menyerah.
services-not-canceled = Belum berhasil: ada perintah lain ke systemd yang menggantikannya.
services-not-stopped = Belum berhasil: { $unit } { $state } lagi. Ada yang menyalakannya sendiri.
services-not-reloaded = Belum berhasil: { $unit } gagal muat ulang. Dia lanjut dengan setelan lama.
services-not-file = Untuk boot, { $unit } sekarang “{ $state }”, bukan seperti yang diminta.
services-not-reset = Belum berhasil: { $unit } masih tercatat gagal.
services-not-over = systemd masih mengerjakannya setelah 5 mnt. Aku biarkan lanjut; cek lagi nanti ya.
services-evidence-by = { $at } oleh { $by }, butuh { $took }
services-button-start = ▶ Nyalakan
services-button-stop = ■ Hentikan
services-button-restart = ↻ Restart
services-button-reload = ♻ Muat ulang
services-button-reset = ✔ Lupakan gagalnya
services-button-enable = ● Ikut boot
services-button-disable = ○ Jangan ikut boot
services-button-log = 📜 Log
services-refused-protected = { $unit } dilindungi (services.protected di cockpit.toml): tidak bisa dihentikan dari chat.
services-refused-server = { $unit } bakal mematikan seluruh server. Itu tidak dilakukan dari daftar layanan.
services-refused-busy = { $unit } lagi sibuk: { $doing } ({ $by }, { $ago }). Satu-satu ya.
services-refused-many = Sudah banyak yang lagi dikerjakan. Tunggu satu selesai dulu.
services-refused-link = Belum bisa sekarang. { $why } { $mend }

# Why it is so
services-button-diagnose = ✨ Diagnosa
services-diagnose-crumb = Diagnosa
services-diagnose-seen = Yang kelihatan
services-diagnose-try = Yang bisa dicoba
services-diagnose-lines = Kata-kata terakhirnya
services-diagnose-complaints = ⚠ Peringatan
services-diagnose-top = 🏃 Memori
services-diagnose-port = 🔎 Siapa pakai port { $port }
services-diagnose-disks = 💽 Disk
services-why-not-installed = systemd tidak punya file dengan nama ini: belum dipasang, atau namanya lain.
services-why-masked = Di-mask: dilarang jalan.
services-why-bad-file = File unitnya salah: { $why }
services-why-needs = Dia butuh { $unit }, yang sedang { $state }.
services-why-oom = Kernel mematikannya: memori mesin habis.
services-why-oom-limit = Kernel mematikannya: batas memorinya { $max } tercapai.
services-why-no-program = Programnya tidak bisa dijalankan: { $how }.
services-why-surroundings = systemd tidak bisa menyiapkan tempatnya jalan: { $how }.
services-why-timeout = Lebih lama dari yang ditunggu systemd, jadi dihentikan.
services-why-watchdog = Tidak memberi kabar tepat waktu, jadi systemd menghentikannya.
services-why-crashed = Programnya sendiri yang crash: { $how }.
services-why-killed = Dihentikan dari luar: { $how }.
services-why-dependency = Sesuatu yang dia butuhkan tidak jalan.
services-why-gave-up = Terlalu sering gagal dalam waktu singkat: systemd tidak menyalakannya lagi sendiri.
services-why-looping = Mati lalu dinyalakan lagi, begitu terus.
services-why-stale = Filenya berubah di disk; systemd masih memakai yang lama.
services-why-near = Memorinya sudah dekat batas: { $used } dari { $max }.
services-why-unexplained = Hasilnya: { $how }. Sebabnya belum aku kenali dari lognya.
services-why-at-rest = Tidak ada yang gagal: dia dihentikan, atau belum pernah dijalankan.
services-why-waits = Tidak ada yang gagal: { $unit } menjalankannya kalau perlu.
services-why-well = Jalan, dan tidak ada yang kelihatan salah.
services-clue-port = Port { $port } sedang dipakai program lain.
services-clue-a-port = Port yang dia mau sedang dipakai program lain.
services-clue-denied = Dia tidak diizinkan mengakses sesuatu.
services-clue-disk = Ada disk yang penuh.
services-clue-read-only = Dia mau menulis ke sistem berkas yang hanya-baca.
services-clue-memory = Dia tidak kebagian memori.
services-clue-files = File yang dia buka terlalu banyak.
services-clue-missing = File atau folder yang dia cari tidak ada.
services-clue-refused = Layanan lain yang dia hubungi tidak menjawab: koneksi ditolak.
services-clue-name = Ada nama host yang tidak ketemu.
services-clue-login = Nama atau kata sandinya tidak diterima.
services-clue-certificate = Ada yang salah dengan sertifikat.
services-clue-config = Sepertinya ada yang salah di konfigurasinya.
services-try-not-installed = Cari nama yang benar dengan 🔍, atau pasang paketnya.
services-try-masked = Kalau memang harus jalan: systemctl unmask { $unit }, lalu mulai.
services-try-reread = Cek file unitnya, lalu di server: systemctl daemon-reload
services-try-needs = Bereskan { $unit } dulu.
services-try-memory = Lihat grafik memorinya: kalau naik pelan-pelan, itu bocor. Kalau tidak, beri lebih banyak (MemoryMax= di unitnya) atau kurangi beban mesinnya.
services-try-program = Cek ExecStart= di unitnya: filenya ada, dan boleh dijalankan?
services-try-surroundings = Cek yang disebut kalimat di atas di unitnya: user, folder, file, sandbox.
services-try-timeout = Kata-kata terakhirnya bilang dia menunggu apa. TimeoutStartSec= di unitnya memberi waktu lebih.
services-try-crashed = Ini urusan pembuatnya: cari pembaruan. Di server: coredumpctl info { $unit }
services-try-killed = Cari siapa yang melakukannya: /audit mencatat yang dari sini, log kernel mencatat soal memori.
services-try-dependency = Lihat yang mana: systemctl list-dependencies { $unit }
services-try-gave-up = Bereskan sebabnya, lalu “Lupakan gagalnya” dan mulai lagi.
services-try-looping = Bereskan sebabnya; sementara itu, menghentikannya meringankan mesin.
services-try-log = Baca log di sekitar waktu berakhirnya, juga yang tertulis sebelumnya.
services-try-start = Mulai saja, kalau memang harus jalan.
services-try-port = Lihat di bawah siapa yang memakai port { $port }; hentikan salah satu, atau beri port lain.
services-try-a-port = Cari siapa yang memakai portnya (di server: ss -ltnp), lalu hentikan salah satu atau beri port lain.
services-try-denied = Cek pemilik dan izin dari yang disebut baris itu, juga User= di unitnya.
services-try-disk = Kosongkan sedikit tempat, lalu mulai lagi.
services-try-read-only = Cek disknya: kernel membuat sistem berkas jadi hanya-baca setelah ada galat.
services-try-files = Naikkan LimitNOFILE= di unitnya, dan lihat kenapa dia membuka sebanyak itu.
services-try-missing = Buat yang disebut baris itu, atau betulkan path-nya di konfigurasi.
services-try-refused = Cek layanan lain itu jalan, dan alamat serta portnya benar.
services-try-name = Cek namanya di konfigurasi, dan DNS servernya.
services-try-login = Cek nama dan kata sandi di konfigurasinya.
services-try-certificate = Perbarui sertifikatnya, atau betulkan path-nya.
services-try-config = Kebanyakan program bisa mengeceknya sendiri, seperti nginx -t. Lalu mulai lagi.

# What depends on it
services-weigh-stop-with = { $n ->
   *[other] { $n } unit ikut berhenti: { $list }
}
services-weigh-restart-with = { $n ->
   *[other] { $n } unit ikut dinyalakan ulang: { $list }
}
services-weigh-wanted = { $list } memintanya, tapi tetap jalan tanpanya
services-weigh-triggers = { $list } bisa menyalakannya lagi sendiri
services-weigh-disable = Sekarang tetap jalan, tapi tidak ikut boot berikutnya
services-weigh-incomplete = Tidak semua yang bergantung padanya sempat ditanya
services-weigh-unknown = Siapa yang bergantung padanya belum diketahui: layanan tidak sempat menjawab
services-lifeline-own = { $unit } itu Cockpit sendiri: kalau dihentikan tidak ada lagi yang menjawab di sini, kalau di-restart beberapa detik lagi
services-lifeline-network = { $unit } memegang jaringan: kamu bisa terputus, Cockpit juga dari Telegram
services-lifeline-names = { $unit } mencari nama: tanpanya Cockpit bisa tidak ketemu Telegram
services-lifeline-ssh = { $unit } itu jalan masuk SSH: kamu bisa terkunci di luar
services-lifeline-vpn = { $unit } memegang VPN: kalau kamu masuk lewat situ, kamu terputus
services-lifeline-bus = { $unit } itu D-Bus: banyak bagian sistem berhenti bekerja tanpanya
services-lifeline-base = { $unit } menopang hampir seluruh sistem: banyak sekali yang ikut berhenti

# The journal
services-log-crumb = Log
services-log-lines = { $n } baris terakhir
services-log-only-errors = error saja
services-log-only-warnings = peringatan ke atas
services-log-only-notices = notice ke atas
services-log-since-boot = sejak boot
services-log-since-hour = 1 jam terakhir
services-log-since-day = 24 jam terakhir
services-log-with = dengan “{ $words }”
services-log-empty = Tidak ada baris seperti itu.
services-log-none-yet = Belum ada baris.
services-log-search-stopped = Pencarian berhenti setelah 4 detik; baris yang lebih lama belum dilihat. Persempit dengan waktu.
services-log-search-hint = Baris dengan kata apa? Misalnya: timeout
services-log-search-off = ✕ Cari
services-log-all = Semua
services-log-notice = Notice
services-log-warning = Awas
services-log-error = Error
services-log-always = Semua
services-log-boot = Boot
services-log-hour = 1 jam
services-log-day = 24 jam
services-log-50 = 50
services-log-200 = 200
services-log-follow = ● Ikuti
services-log-unfollow = ◼ Berhenti ikuti
services-log-file = 📎 Jadi file
services-log-file-says = 📜 { $unit }: { $n } baris, { $size }
services-log-file-cut = 📜 { $unit }: { $n } baris terbaru, { $size }. Yang lebih lama tidak ikut.
services-log-file-empty = Tidak ada baris seperti itu, jadi tidak ada file.
services-log-denied = Cockpit belum boleh membaca journal.
services-log-mend-denied = Masukkan user-nya ke grup yang boleh: usermod -aG systemd-journal USER
services-log-failed = journalctl gagal: { $why }

# The simulator's board
services-toy-crash = nginx crash
services-toy-oom = PostgreSQL kehabisan memori
services-toy-denied = systemd menolak semua perintah
services-toy-slow = systemd lebih lambat 10 detik untuk semuanya
services-toy-bus = bus ke systemd hilang
