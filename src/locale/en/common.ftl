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
common-errno-missing = it is not there
common-errno-no-folder = it is no folder
common-errno-denied = the rights do not allow it
common-errno-io = the disk reports an error
common-errno-full = the disk is full
common-errno-read-only = the filesystem is read-only
common-errno-unplugged = its device is gone
common-errno-away = its server or disk is away
common-errno-files = too many files are open
common-errno-memory = the memory is full
common-errno-other = error { $number } ({ $word })
