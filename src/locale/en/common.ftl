# Words that several rooms use.
common-ago = { $age } ago
common-second = { $n } s
common-minute = { $n } min
common-hour = { $n } h
common-hour-minute = { $h } h { $m } min
common-day = { $n } d
common-day-hour = { $d } d { $h } h
common-month = { $n ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
# Monday is 1.
common-weekday = { $n ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}
