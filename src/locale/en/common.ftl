# Words that several rooms use.
common-ago = { $age } ago
common-second = { $n } s
common-minute = { $n } min
common-hour = { $n } h
common-hour-minute = { $h } h { $m } min
common-day = { $n } d
common-day-hour = { $d } d { $h } h
