# Kata yang dipakai beberapa ruangan.
common-ago = { $age } yang lalu
common-second = { $n } dtk
common-minute = { $n } mnt
common-hour = { $n } jam
common-hour-minute = { $h } jam { $m } mnt
common-day = { $n } hari
common-day-hour = { $d } hari { $h } jam
common-month = { $n ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] Mei
    [6] Jun
    [7] Jul
    [8] Agu
    [9] Sep
    [10] Okt
    [11] Nov
   *[12] Des
}
# Senin = 1.
common-weekday = { $n ->
    [1] Sen
    [2] Sel
    [3] Rab
    [4] Kam
    [5] Jum
    [6] Sab
   *[7] Min
}
common-errno-missing = nggak ada di situ
common-errno-no-folder = itu bukan folder
common-errno-denied = izinnya nggak mengizinkan
common-errno-io = disk-nya melaporkan error
common-errno-full = disk-nya penuh
common-errno-read-only = filesystem-nya cuma bisa dibaca
common-errno-unplugged = perangkatnya hilang
common-errno-away = server atau disk-nya hilang
common-errno-files = terlalu banyak berkas terbuka
common-errno-memory = memorinya penuh
common-errno-other = galat { $number } ({ $word })
