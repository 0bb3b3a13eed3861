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
