# Keadaan mesinnya.
metrics-crumb = Sistem
metrics-crumb-disks = Disk
metrics-crumb-processor = Prosesor
metrics-crumb-sensors = Sensor
metrics-crumb-network = Jaringan

metrics-away = Bagian pengukur Cockpit belum menjawab; nanti jalan lagi sendiri. Coba sebentar lagi, atau lihat /crew.
metrics-first-pass = Masih mengukur: lajunya baru ketahuan setelah dua kali ukur. Sebentar ya.

# Yang bermasalah
metrics-missing = { $path } tidak ter-mount
metrics-silent = { $path } sudah { $age } tidak menjawab
metrics-stopped-writing = { $path } jadi hanya-baca: kernel melakukannya setelah ada galat. Cek disknya
metrics-full = { $path } terisi { $share }, tinggal { $free }
metrics-inodes-full = { $path } sudah memakai { $share } inode: sebentar lagi tidak bisa bikin file baru
metrics-cpu-high = CPU di atas { $above } selama { $age }
metrics-memory-high = memori terpakai { $share }, tersedia { $free }
metrics-hot = { $sensor } sudah { $celsius }, batasnya { $limit }
metrics-restart-wanted = { $n ->
    [0] perlu nyala ulang supaya pembaruannya tuntas
   *[other] { $n } paket yang diperbarui minta nyala ulang
}

# Angka
metrics-of = { $part } dari { $whole }
metrics-cpu-and-load = { $share }  beban { $load }
metrics-bar = { $share }  sisa { $free }
metrics-bar-missing = tak ter-mount
metrics-bar-automatic = mount otomatis
metrics-bar-silent = tak menjawab
metrics-bar-unknown = belum tahu
metrics-more-disks = { $n } lagi di /disks
metrics-more-cores = … dan { $n } inti lagi
metrics-available = Tersedia
metrics-heat = Suhu
metrics-net = Net
metrics-up = Nyala
metrics-disks = Disk
metrics-load = Beban
metrics-clock = Clock
metrics-cache = Cache
metrics-swap = Swap
metrics-swap-none = tidak ada
metrics-swapping = Keluar-masuk
metrics-swapping-rates = masuk { $inward }, keluar { $outward }
metrics-waits = Menunggu
metrics-disk-io = I/O disk
metrics-read-short = b
metrics-written-short = t
metrics-tasks = Tugas
metrics-tasks-of = { $all }, { $running } jalan
metrics-holders = Paling banyak memori
metrics-no-sensors = Mesin ini tidak punya sensor suhu yang kelihatan.
metrics-host = Mesin ini
metrics-host-name = Nama
metrics-host-booted = Nyala sejak
metrics-swapping-none = sepi
metrics-host-before = Akhir lalu
metrics-host-updates = Pembaruan
metrics-unknown = belum tahu
metrics-updates-none = tidak ada
metrics-updates-secure = { $n }, { $security } keamanan
metrics-updates-as-of = { $count } (daftar { $ago })
metrics-end-restarted = nyala ulang, tertib
metrics-end-off = dimatikan, tertib
metrics-end-orderly = tertib
metrics-end-panic = kernel panic
metrics-end-abrupt = mendadak
metrics-abrupt = sebelum boot ini mesinnya mati mendadak (tanda hidup terakhir { $at }): listrik padam, reset, atau crash
metrics-panic = sebelum boot ini kernelnya panic (tanda hidup terakhir { $at })
metrics-host-system = Sistem
metrics-host-kernel = Kernel
metrics-host-processor = Prosesor
metrics-host-model = Model

# Rincian
metrics-no-disks = Belum ada sistem berkas yang dilihat. Daftarkan di cockpit.toml, metrics.mounts.
metrics-disk-answer = Jawaban
metrics-disk-none-for = tidak ada, sudah { $age }
metrics-disk-used = Terpakai
metrics-disk-inodes = Inode
metrics-disk-inodes-any = sesuai perlu
metrics-disk-reads = Dibaca
metrics-disk-writes = Ditulis
metrics-disk-busy = Sibuk
metrics-disk-kind = Jenis
metrics-disk-device = Perangkat
metrics-read-only = { $kind }, hanya-baca
metrics-mode-all = Total
metrics-mode-user = Program
metrics-mode-system = Kernel
metrics-mode-iowait = Tunggu disk
metrics-mode-steal = Dicuri
metrics-core = Inti { $n }
metrics-sensor = Sensor
metrics-now = kini
metrics-limit = batas
metrics-resting-disks = Disk yang sedang istirahat tidak ditanya suhunya, nanti malah bangun.
metrics-received = Masuk
metrics-sent = Keluar
metrics-links-upper = Tunnel dan sejenisnya
metrics-links-inner = Di dalam mesin ini
metrics-link-faults = { $name }: { $errors } galat, { $drops } terbuang sejak nyala
metrics-no-links = Belum ada antarmuka jaringan yang kelihatan.

# Grafik
metrics-title-cpu = CPU, %
metrics-title-modes = CPU menurut pemakaian, %
metrics-title-cores = CPU per inti, %
metrics-title-load = Beban
metrics-title-memory = Memori
metrics-title-disks = Disk, % terisi
metrics-title-io = Disk: dibaca di atas, ditulis di bawah
metrics-title-net = Jaringan: masuk di atas, keluar di bawah
metrics-title-heat = Suhu, °C
metrics-title-waits = Menunggu, % waktu
metrics-alert-at = peringatan { $limit }
metrics-critical-at = kritis { $limit }
metrics-all-cores = { $n } inti
metrics-memory-total = total { $total }
metrics-min = min
metrics-avg = rata
metrics-max = maks
metrics-last = kini
metrics-no-history = Tidak ada yang tercatat di rentang waktu ini.
metrics-history-in-part = Riwayat yang tersimpan belum bisa dibaca; yang tampil cuma beberapa jam terakhir.
metrics-curves-left-out = … { $n } kurva lagi tidak digambar
metrics-cores-in-memory = Tiap inti cuma diingat enam jam.
metrics-chart-fill = 📈 Seberapa penuh
metrics-chart-io = 📈 Baca, tulis
metrics-chart-modes = 📈 Pemakaian
metrics-chart-cores = 📈 Per inti
metrics-chart-load = 📈 Beban
metrics-chart-waits = 📈 Menunggu
metrics-chart-heat = 📈 Suhu
metrics-chart-net = 📈 Jaringan
metrics-title-cpu-of-core = CPU, % dari satu inti
metrics-group-own = Memori
metrics-group-cache = Cache berkas
metrics-group-now = CPU kini
metrics-group-away = Sekarang tidak memakai apa-apa: lagi tidak jalan.
metrics-group-largest = Tiap menit yang dicatat { $n } layanan dan container dengan memori terbanyak, selama 14 hari.
metrics-door-status = 📊 Sistem
metrics-door-processor = Prosesor
metrics-door-disks = Disk
metrics-door-network = Jaringan
metrics-door-sensors = Sensor
metrics-door-processes = 🏃 Proses

# Kerusakan di server simulasi
metrics-sim-disk-fills = /mnt/dre makin penuh
metrics-sim-cpu-hog = satu program menghabiskan semua inti
metrics-sim-memory-leak = satu program menghabiskan memori
metrics-sim-sensor-hot = prosesornya kepanasan
metrics-sim-mount-missing = /mnt/dre tidak ter-mount
metrics-sim-mount-silent = mount jaringan tidak menjawab

# When a disk is full, if it goes on as it did
metrics-full-in = { $path } terisi { $share }, tinggal { $free }: penuh { $left } lagi
metrics-fills = { $disk } penuh { $left } lagi, naik { $pace }
metrics-fills-basis = Kalau lanjut seperti { $basis } terakhir
metrics-fills-between = Kalau lanjut seperti { $basis } terakhir; penuhnya antara { $soon } dan { $late } lagi
metrics-fills-soonest = Kalau lanjut seperti { $basis } terakhir; paling cepat { $soon } lagi
metrics-minutes = { $n } mnt
metrics-hours = { $n } jam
metrics-days = { $n } hari
metrics-about = kira-kira { $span }
metrics-a-day = { $bytes } per hari
metrics-an-hour = { $bytes } per jam
metrics-forecast-of = { $disk }, perkiraan
metrics-range-quarter = 15 mnt
metrics-range-hour = 1 jam
metrics-range-hours6 = 6 jam
metrics-range-day = 24 jam
metrics-range-week = 7 hari
metrics-range-month = 30 hari
