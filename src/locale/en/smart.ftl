# Words of: smart
smart-crumb-engine = Engine
smart-crumb = Disk health
smart-away = Disk health: this part of Cockpit is just being restarted. Try again in a moment.

# Verdicts
smart-good = Good
smart-watch = Watch: { $what }
smart-replace = Replace now: { $what }
smart-unknown = It says too little to judge it.
smart-word-good = good
smart-word-watch = watch
smart-word-replace = replace
smart-word-unknown = unknown

# Findings
smart-found-failing = the disk itself says that it is failing
smart-found-critical = { $what ->
    [spare] its spare blocks are used up
    [temperature] it is too hot or too cold
    [unreliable] it reports media or internal errors
    [readonly] it has gone read-only
    [backup] its power-loss protection failed
   *[other] it reports a critical warning
}
smart-found-attribute = { $name } is below the maker's limit
smart-found-attribute-past = { $name } was below the maker's limit before
smart-found-test = its last self-test failed ({ $says })
smart-found-worn = { $percent } % of its rated life is used
smart-found-spare = { $percent } % spare blocks left, critical below { $threshold } %
smart-found-hot = { $celsius } °C, too hot
# what is counted, how many, and when there were how many before
smart-found-count = { $what ->
    [reallocated] { $n ->
        [one] 1 reallocated sector
       *[other] { $n } reallocated sectors
    }
    [pending] { $n ->
        [one] 1 sector it can't read
       *[other] { $n } sectors it can't read
    }
    [uncorrectable] { $n ->
        [one] 1 uncorrectable sector
       *[other] { $n } uncorrectable sectors
    }
    [reported] { $n ->
        [one] 1 failed read
       *[other] { $n } failed reads
    }
    [media] { $n ->
        [one] 1 media error
       *[other] { $n } media errors
    }
   *[crc] { $n ->
        [one] 1 broken transfer (check its cable)
       *[other] { $n } broken transfers (check its cable)
    }
}{ $when ->
    [week] , was { $was } last week
    [days] { $days ->
        [one] , was { $was } yesterday
       *[other] , was { $was } { $days } days ago
    }
    [same] { $days ->
        [0] {""}
        [one] , the same as yesterday
       *[other] , the same as { $days } days ago
    }
   *[never] {""}
}
smart-found-nothing = nothing wrong is left

# Disks that say nothing
smart-mute-none = It offers no S.M.A.R.T. data.
smart-mute-none-model = { $model } offers no S.M.A.R.T. data. Virtual disks and RAID volumes don't.
smart-mute-off = S.M.A.R.T. is switched off in this disk.
smart-mute-usb = It hangs behind a USB bridge that smartctl does not know ({ $says }).
smart-mute-not-detected = smartctl could not tell what kind of disk this is. Virtual disks have no S.M.A.R.T.
smart-mute-denied = Cockpit may not ask this disk.
smart-mute-gone = It is not there any more.
smart-mute-silent = It gave no answer.
smart-mute-other = It gave no answer: { $says }
smart-mend-off = Switch it on once, on the server: smartctl -s on /dev/…
smart-mend-usb = Many bridges work with a hint. In cockpit.toml: [smart] disks = [{"{"} path = "/dev/sdX", kind = "sat" {"}"}]
smart-mend-denied = Run Cockpit as root, or give it CAP_SYS_RAWIO (SATA) and CAP_SYS_ADMIN (NVMe).
smart-mend-not-detected = If it is a real disk, name its kind in cockpit.toml: [smart] disks = [{"{"} path = "/dev/sdX", kind = "sat" {"}"}]
smart-blind = { $why ->
    [virtual] a virtual disk: only its host knows the real one
    [card] a memory card: it tells nothing about its health
   *[network] a network disk: ask the server it is on
}
smart-no-disks = smartctl finds no disk on this machine.
smart-first-round = Looking for disks…
smart-no-such-disk = There is no disk { $disk } any more.
smart-error-too-old = This smartctl is older than 7.0 and can't answer in JSON.
smart-error-garbled = smartctl's answer was not understood.
smart-error-said = smartctl refused: { $says }
smart-mend-too-old = Install smartmontools 7.0 or newer.
smart-mend-by-hand = Try it on the server: smartctl -a /dev/…

# The list
smart-line = { $disk } · { $says }
smart-problem = Disk { $disk }: { $what }
smart-round = Last round { $at }, one every { $every }. Sleeping disks are let sleep.
smart-glance-good = { $n ->
    [one] 1 disk healthy
   *[other] { $n } disks healthy
}
smart-word-asleep = asleep
smart-hours = { $n } h
smart-days = { $n } d
smart-years = { $years } y

# A disk
smart-state-unread = not read yet
smart-state-asleep = It sleeps.
smart-state-asleep-since = asleep since { $at } or earlier; these are its last values
smart-state-gone = gone { $ago }
smart-model = Model
smart-serial = Serial
smart-size = Size
smart-kind = Kind
smart-build-hdd = HDD { $rpm } rpm
smart-temperature = Temperature
smart-worked = Has run
smart-cycles = Power cycles
smart-count = { $what ->
    [reallocated] Reallocated
    [pending] Unreadable
    [uncorrectable] Uncorrectable
    [media] Media errors
   *[crc] Cable errors
}
smart-used = Life used
smart-spare = Spare left
smart-test = Self-test
smart-test-never = none yet
smart-test-word-passed = passed
smart-test-word-failed = failed
smart-test-word-aborted = aborted
smart-test-short-was = short, { $outcome }
smart-test-long-was = long, { $outcome }
smart-tested = Tested
smart-test-ago = { $worked } of use ago
smart-test-running = Testing itself, { $left } left
smart-button-job = 🩺 Self-test…
smart-button-short = 🩺 Short test
smart-button-long = 🩺 Long test
smart-button-raw = Raw attributes
smart-button-check = Read now
smart-button-wake = Wake and read
smart-crumb-raw = Raw
smart-attribute = now { $now } worst { $worst } limit { $limit }
smart-attributes-says = Right: what the disk counts. “now” falls from 100 or 200 towards the maker's limit.

# Self-tests
smart-test-passed = The disk found nothing wrong with itself.
smart-test-failed-mend = Copy what matters off this disk first, then replace it.
smart-test-aborted = The test was aborted: { $says }
smart-test-no-result = The test ended without a result.
smart-test-unsupported = This disk has no self-tests.
smart-test-not-begun = The disk accepted the test and did not begin it.
smart-test-not-begun-mend = smartctl before 7.4 can't test NVMe disks; a newer one can.

# Failures of simulated disks
smart-sim-wears = sda gets bad sectors
smart-sim-gone = smartctl is uninstalled
