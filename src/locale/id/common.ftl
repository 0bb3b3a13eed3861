# Kata yang dipakai beberapa ruangan.
common-ago = { $age } yang lalu
common-second = { $n } dtk
common-minute = { $n } mnt
common-hour = { $n } jam
common-hour-minute = { $h } jam { $m } mnt
common-day = { $n } hari
common-day-hour = { $d } hari { $h } jam
