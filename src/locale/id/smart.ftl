# Words of: smart
smart-crumb-engine = Engine
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
