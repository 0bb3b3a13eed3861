# Words of: smart
smart-crumb-engine = Mesin
smart-crumb = Kesehatan disk
smart-away = Kesehatan disk: bagian Cockpit ini lagi dinyalakan ulang. Coba sebentar lagi ya.

# Verdicts
smart-good = Sehat
smart-watch = Perhatikan: { $what }
smart-replace = Ganti sekarang: { $what }
smart-unknown = Ceritanya terlalu sedikit untuk dinilai.
smart-word-good = sehat
smart-word-watch = awasi
smart-word-replace = ganti
smart-word-unknown = belum tahu

# Findings
smart-found-failing = disknya sendiri bilang dia mau rusak
smart-found-critical = { $what ->
    [spare] blok cadangannya habis
    [temperature] dia kepanasan atau kedinginan
    [unreliable] dia melapor error media atau error dalam
    [readonly] dia sekarang cuma bisa dibaca
    [backup] pelindung mati listriknya rusak
   *[other] dia melapor peringatan kritis
}
smart-found-attribute = { $name } di bawah batas pabrik
smart-found-attribute-past = { $name } dulu pernah di bawah batas pabrik
smart-found-test = self-test terakhirnya gagal ({ $says })
smart-found-worn = { $percent } % umur pakainya sudah terpakai
smart-found-spare = blok cadangan tinggal { $percent } %, kritis di bawah { $threshold } %
smart-found-hot = { $celsius } °C, kepanasan
# what is counted, how many, and when there were how many before
smart-found-count = { $what ->
    [reallocated] { $n } sektor dipindah
    [pending] { $n } sektor tidak terbaca
    [uncorrectable] { $n } sektor tidak bisa diperbaiki
    [reported] { $n } kali gagal baca
    [media] { $n } error media
   *[crc] { $n } transfer rusak (cek kabelnya)
}{ $when ->
    [week] , minggu lalu { $was }
    [days] { $days ->
        [1] , kemarin { $was }
       *[other] , { $days } hari lalu { $was }
    }
    [same] { $days ->
        [0] {""}
        [1] , sama seperti kemarin
       *[other] , sama seperti { $days } hari lalu
    }
   *[never] {""}
}
smart-found-nothing = sudah tidak ada yang salah

# Disks that say nothing
smart-mute-none = Dia tidak punya data S.M.A.R.T.
smart-mute-none-model = { $model } tidak punya data S.M.A.R.T. Disk virtual dan volume RAID memang begitu.
smart-mute-off = S.M.A.R.T. di disk ini dimatikan.
smart-mute-usb = Dia di belakang bridge USB yang smartctl tidak kenal ({ $says }).
smart-mute-not-detected = smartctl tidak bisa tahu ini disk jenis apa. Disk virtual tidak punya S.M.A.R.T.
smart-mute-denied = Cockpit tidak boleh tanya disk ini.
smart-mute-gone = Dia sudah tidak ada.
smart-mute-silent = Dia tidak menjawab.
smart-mute-other = Dia tidak menjawab: { $says }
smart-mend-off = Nyalakan sekali di server: smartctl -s on /dev/…
smart-mend-usb = Banyak bridge jalan kalau dikasih petunjuk. Di cockpit.toml: [smart] disks = [{"{"} path = "/dev/sdX", kind = "sat" {"}"}]
smart-mend-denied = Jalankan Cockpit sebagai root, atau kasih CAP_SYS_RAWIO (SATA) dan CAP_SYS_ADMIN (NVMe).
smart-mend-not-detected = Kalau ini disk beneran, tulis jenisnya di cockpit.toml: [smart] disks = [{"{"} path = "/dev/sdX", kind = "sat" {"}"}]
smart-blind = { $why ->
    [virtual] disk virtual: cuma host-nya yang tahu disk aslinya
    [card] kartu memori: dia tidak cerita soal kesehatannya
   *[network] disk jaringan: tanya server tempat dia berada
}
smart-no-disks = smartctl tidak menemukan disk di mesin ini.
smart-first-round = Lagi cari disk…
smart-no-such-disk = Disk { $disk } sudah tidak ada.
smart-error-too-old = smartctl ini lebih tua dari 7.0, belum bisa jawab pakai JSON.
smart-error-garbled = Jawaban smartctl tidak bisa dimengerti.
smart-error-said = smartctl menolak: { $says }
smart-mend-too-old = Pasang smartmontools 7.0 atau yang lebih baru.
smart-mend-by-hand = Coba di server: smartctl -a /dev/…

# The list
smart-line = { $disk } · { $says }
smart-problem = Disk { $disk }: { $what }
smart-round = Putaran terakhir { $at }, tiap { $every }. Disk yang tidur dibiarkan tidur.
smart-glance-good = { $n } disk sehat
smart-word-asleep = tidur
smart-hours = { $n } jam
smart-days = { $n } hr
smart-years = { $years } th

# A disk
smart-state-unread = belum dibaca
smart-state-asleep = Dia tidur.
smart-state-asleep-since = tidur sejak { $at } atau sebelumnya; ini nilai terakhirnya
smart-state-gone = hilang { $ago }
smart-model = Model
smart-serial = Seri
smart-size = Ukuran
smart-kind = Jenis
smart-build-hdd = HDD { $rpm } rpm
smart-temperature = Suhu
smart-worked = Sudah jalan
smart-cycles = Nyala-mati
smart-count = { $what ->
    [reallocated] Dipindah
    [pending] Tak terbaca
    [uncorrectable] Rusak
    [media] Error media
   *[crc] Error kabel
}
smart-used = Umur terpakai
smart-spare = Sisa cadangan
smart-test = Self-test
smart-test-never = belum pernah
smart-test-word-passed = lulus
smart-test-word-failed = gagal
smart-test-word-aborted = dibatalkan
smart-test-short-was = pendek, { $outcome }
smart-test-long-was = panjang, { $outcome }
smart-tested = Dites
smart-test-ago = { $worked } pemakaian lalu
smart-test-running = Lagi tes sendiri, sisa { $left }
smart-button-job = 🩺 Self-test…
smart-button-short = 🩺 Tes pendek
smart-button-long = 🩺 Tes panjang
smart-button-raw = Atribut mentah
smart-button-check = Baca sekarang
smart-button-wake = Bangunkan dan baca
smart-crumb-raw = Mentah
smart-attribute = kini { $now } buruk { $worst } batas { $limit }
smart-attributes-says = Kanan: yang dihitung disk. “kini” turun dari 100 atau 200 ke batas pabrik.

# Self-tests
smart-test-passed = Disknya tidak menemukan yang salah.
smart-test-failed-mend = Salin dulu yang penting dari disk ini, baru ganti.
smart-test-aborted = Tesnya dibatalkan: { $says }
smart-test-no-result = Tesnya selesai tanpa hasil.
smart-test-unsupported = Disk ini tidak punya self-test.
smart-test-not-begun = Disknya menerima tes tapi tidak memulainya.
smart-test-not-begun-mend = smartctl sebelum 7.4 tidak bisa tes disk NVMe; yang lebih baru bisa.

# Failures of simulated disks
smart-sim-wears = sda mulai rusak sektornya
smart-sim-gone = smartctl dicopot
