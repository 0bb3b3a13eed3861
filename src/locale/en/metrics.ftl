# How the machine is.
metrics-crumb = System
metrics-crumb-disks = Disks
metrics-crumb-processor = Processor
metrics-crumb-sensors = Sensors
metrics-crumb-network = Network

metrics-away = The sensors' part of Cockpit is not answering; it comes back by itself. Try again in a moment, or look at /crew.
metrics-first-pass = Still measuring: rates need a second look. A moment.

# What is wrong
metrics-missing = { $path } is not mounted
metrics-silent = { $path } has not answered for { $age }
metrics-stopped-writing = { $path } turned read-only: the kernel does that after an error. Check its disk
metrics-full = { $path } is { $share } full, { $free } free
metrics-inodes-full-in = { $path } has used { $share } of its inodes: no new files in { $left }
metrics-inodes-full = { $path } has used { $share } of its inodes: soon no new files
metrics-cpu-high = CPU above { $above } for { $age }
metrics-memory-high = memory { $share } used, { $free } available
metrics-hot = { $sensor } is at { $celsius }, its limit is { $limit }
metrics-restart-wanted = { $n ->
    [0] a restart is wanted to finish updates
    [one] 1 updated package wants a restart
   *[other] { $n } updated packages want a restart
}

# When a disk is full, if it goes on as it did
metrics-full-in = { $path } is { $share } full, { $free } free: full in { $left }
metrics-fills = { $disk } fills in { $left }, at { $pace }
metrics-inodes-end = { $disk } runs out of inodes in { $left }, at { $pace }: then no new files
metrics-fills-basis = As it went over the last { $basis }
metrics-fills-between = As it went over the last { $basis }; the end lies between { $soon } and { $late } from now
metrics-fills-soonest = As it went over the last { $basis }; { $soon } at the soonest
metrics-minutes = { $n } min
metrics-hours = { $n } h
metrics-days = { $n } days
metrics-about = about { $span }
metrics-a-day = { $amount } a day
metrics-an-hour = { $amount } an hour
metrics-files = { $n } files
metrics-forecast-of = { $disk }, forecast

# Figures
metrics-of = { $part } of { $whole }
metrics-cpu-and-load = { $share }  load { $load }
metrics-bar = { $share }  { $free } free
metrics-bar-missing = not mounted
metrics-bar-automatic = mounts on use
metrics-bar-silent = no answer
metrics-bar-unknown = unknown
metrics-more-disks = { $n } more in /disks
metrics-more-cores = … and { $n } more cores
metrics-available = Available
metrics-heat = Temp
metrics-net = Net
metrics-up = Up
metrics-disks = Disks
metrics-load = Load
metrics-clock = Clock
metrics-cache = Cache
metrics-swap = Swap
metrics-swap-none = none
metrics-swapping = Swapping
metrics-swapping-rates = in { $inward }, out { $outward }
metrics-waits = Waiting
metrics-disk-io = Disk I/O
metrics-read-short = r
metrics-written-short = w
metrics-tasks = Tasks
metrics-tasks-of = { $all }, { $running } running
metrics-holders = Most memory
metrics-no-sensors = This machine shows no temperature sensors.
metrics-host = This machine
metrics-host-name = Name
metrics-host-booted = Booted
metrics-swapping-none = nothing now
metrics-host-before = Last end
metrics-host-updates = Updates
metrics-unknown = unknown
metrics-updates-none = none
metrics-updates-secure = { $n }, { $security } for security
metrics-updates-as-of = { $count } (lists from { $ago })
metrics-end-restarted = restarted in order
metrics-end-off = switched off in order
metrics-end-orderly = shut down in order
metrics-end-panic = kernel panic
metrics-end-abrupt = without warning
metrics-abrupt = the machine went down without warning before this boot (last sign of life { $at }): power loss, reset or crash
metrics-panic = the kernel panicked before this boot (last sign of life { $at })
metrics-host-system = System
metrics-host-kernel = Kernel
metrics-host-processor = Processor
metrics-host-model = Model

# Details
metrics-no-disks = No file system is told of. List some in cockpit.toml, metrics.mounts.
metrics-disk-answer = Answer
metrics-disk-none-for = none for { $age }
metrics-disk-used = Used
metrics-disk-inodes = Inodes
metrics-disk-inodes-any = as needed
metrics-disk-reads = Read
metrics-disk-writes = Written
metrics-disk-busy = Busy
metrics-disk-kind = Type
metrics-disk-device = Device
metrics-read-only = { $kind }, read-only
metrics-mode-all = All
metrics-mode-user = Programs
metrics-mode-system = Kernel
metrics-mode-iowait = Disk wait
metrics-mode-steal = Stolen
metrics-core = Core { $n }
metrics-sensor = Sensor
metrics-now = now
metrics-limit = limit
metrics-resting-disks = A disk that rests is not asked for its temperature: that would wake it.
metrics-received = Received
metrics-sent = Sent
metrics-links-upper = Tunnels and the like
metrics-links-inner = Inside this machine
metrics-link-faults = { $name }: { $errors } errors, { $drops } dropped since it came up
metrics-no-links = No network interface is known.

# Charts
metrics-title-cpu = CPU, %
metrics-title-modes = CPU by use, %
metrics-title-cores = CPU by core, %
metrics-title-load = Load
metrics-title-memory = Memory
metrics-title-disks = Disks, % full
metrics-title-io = Disk: read above, written below
metrics-title-net = Network: received above, sent below
metrics-title-heat = Temperature, °C
metrics-title-waits = Waiting for, % of time
metrics-alert-at = alert at { $limit }
metrics-critical-at = critical { $limit }
metrics-all-cores = { $n ->
    [one] 1 core
   *[other] all { $n } cores
}
metrics-memory-total = total { $total }
metrics-min = min
metrics-avg = avg
metrics-max = max
metrics-last = last
metrics-no-history = Nothing was recorded in this time.
metrics-history-in-part = The stored history can't be read right now; only the last hours are shown.
metrics-curves-left-out = … { $n } more curves are left out
metrics-cores-in-memory = Single cores are remembered for six hours.
metrics-chart-fill = 📈 How full
metrics-chart-io = 📈 Read, written
metrics-chart-modes = 📈 By use
metrics-chart-cores = 📈 By core
metrics-chart-load = 📈 Load
metrics-chart-waits = 📈 Waiting
metrics-chart-heat = 📈 Temperature
metrics-chart-net = 📈 Network
metrics-title-cpu-of-core = CPU, % of a core
metrics-group-own = Memory
metrics-group-cache = File cache
metrics-group-now = CPU now
metrics-group-away = It takes nothing now: it is not running.
metrics-group-largest = Each minute the { $n } services and containers with the most memory are recorded, for 14 days.
metrics-door-status = 📊 System
metrics-door-processor = Processor
metrics-door-disks = Disks
metrics-door-network = Network
metrics-door-sensors = Sensors
metrics-door-processes = 🏃 Processes

# The simulated server's failures
metrics-sim-disk-fills = /mnt/dre fills up
metrics-sim-cpu-hog = a program takes all cores
metrics-sim-memory-leak = a program eats the memory
metrics-sim-sensor-hot = the processor gets hot
metrics-sim-mount-missing = /mnt/dre is not mounted
metrics-sim-mount-silent = the network mount falls silent
metrics-range-quarter = 15m
metrics-range-hour = 1h
metrics-range-hours6 = 6h
metrics-range-day = 24h
metrics-range-week = 7d
metrics-range-month = 30d
