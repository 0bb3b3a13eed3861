# Words of: crew (the actors themselves)
crew-crumb = Crew
crew-all-well = { $n ->
    [one] One actor, and it is well
   *[other] All { $n } are well
}
crew-some-parked = { $n ->
    [one] One is parked: { $names }
   *[other] { $n } are parked: { $names }
}
crew-some-look = { $n ->
    [one] One needs a look: { $names }
   *[other] { $n } need a look: { $names }
}
crew-no-answer = The supervisor did not answer within { $within }.
crew-no-answer-mend = Try again. If it stays so, restart Cockpit on the server: systemctl restart cockpit-bot
crew-unknown-actor = There is no actor named { $actor } now. A reload may have removed it.
crew-column-actor = Actor
crew-column-state = State
crew-short-degraded = degraded
crew-short-busy = busy { $time }
crew-short-silent = no answer
crew-short-waiting = waits
crew-short-starting = starting
crew-short-again = again in { $time }
crew-short-parked = parked
crew-short-stopping = stopping
crew-short-stuck = does not end
crew-short-off = off
crew-trouble = { $actor }: { $why }
crew-trouble-when = { $actor }: { $why } ({ $age })
crew-running = running for { $time }
crew-running-just = running, just started
crew-degraded = { $why }, for { $time }
crew-busy = busy with one message for { $time }
crew-silent = running, but did not answer in time
crew-waiting = waits for its turn to start
crew-starting = starting
crew-again = failed; starts again in { $time }
crew-parked = parked for { $time }, after { $failures ->
    [one] one failure
   *[other] { $failures } failures in a row
}
crew-parked-until = Tried again by itself in { $time }, or now by the button.
crew-parked-for-good = Stays so until somebody restarts it.
crew-stopping = ending
crew-stuck = was killed, but blocks its thread: only restarting Cockpit ends it
crew-off = off, as Cockpit ends
crew-pair-restarts = Restarts
crew-pair-answer = Answered in
crew-pair-handled = Messages
crew-pair-handler = Busy with them
crew-pair-handler-value = { $share }, longest { $longest }
crew-heading-past = What happened
crew-heading-policy = When it fails
crew-past-asked = restarted on request
crew-past-replaced = replaced, as its config changed
crew-past-more = Only the last { $n } are kept.
crew-last-error = Last error, { $age }: { $why }
crew-policy-again = Started again after { $first }, then { $second }, doubling up to { $cap }.
crew-policy-parked = Parked after { $failures ->
    [one] { $failures } failure
   *[other] { $failures } failures
} within { $within }, then tried every { $every }.
crew-policy-parked-for-good = Parked after { $failures ->
    [one] { $failures } failure
   *[other] { $failures } failures
} within { $within }, until somebody asks.
crew-policy-for-ever = Never gives up.
crew-policy-grace = Has { $grace } to end by itself.
crew-ending-not-started = could not start: { $why }
crew-ending-killed = was killed
crew-ending-finished = ended by itself
crew-ending-finished-why = ended by itself: { $why }
crew-ending-not-stopped = did not end within { $within }, killed
crew-restart = ↻ Restart { $actor }
crew-reload = ⟳ Read the config again
crew-refused-unknown = There is no actor named { $actor }, so nothing was restarted.
crew-refused-stopping = Cockpit is ending; nothing is restarted now.
crew-refused-away = The supervisor does not answer, so nothing was restarted. Try again in a moment.
crew-problem-parked = Cockpit's { $actor } is parked: { $why }
crew-problem-again = Cockpit's { $actor } failed and starts again
crew-problem-silent = Cockpit's { $actor } does not answer

# What actors count
crew-counter-running = running
crew-counter-started = started
crew-counter-reloads = reloads
crew-counter-refused = refused
crew-counter-parked = parked
crew-counter-restarts = restarts
crew-counter-entries = entries
crew-counter-flushes = flushes
crew-counter-lost = lost
crew-counter-tasks = tasks
crew-counter-taps = taps
crew-counter-typed = typed
crew-counter-drawn = drawn
crew-counter-redrawn = redrawn
crew-counter-strangers = strangers
crew-counter-requests = requests
crew-counter-retried = retried
crew-counter-slowed = slowed
crew-counter-dropped = dropped
crew-counter-waiting = waiting
crew-counter-writes = writes
crew-counter-reads = reads
crew-counter-failed = failed
crew-counter-living = living
crew-counter-told = told
crew-counter-stopped = stopped
crew-counter-troubled = troubled
crew-counter-connections = connections
crew-counter-events = events
crew-counter-acts = acts
crew-counter-failures = failures
crew-counter-followed-logs = followed logs
crew-counter-units = units
crew-counter-changes = changes
crew-counter-rounds = rounds
crew-counter-reads-failed = reads failed
crew-counter-found-asleep = found asleep
crew-counter-writes-failed = writes failed
crew-counter-passes = passes
crew-counter-signals-sent = signals sent
crew-counter-passes-failed = passes failed
crew-counter-questions-waiting = questions waiting
crew-counter-samples = samples
crew-counter-minutes-written = minutes written
crew-counter-minutes-lost = minutes lost
crew-counter-clock-jumps = clock jumps
crew-counter-errands-away = errands away
crew-counter-bytes-in-memory = bytes in memory

# What an actor needs and does not have, and what mends it
crew-config-refused = { $n ->
    [one] 1 problem in the config file
   *[other] { $n } problems in the config file
}
crew-audit-down = the flight recorder is not running
crew-audit-late = the flight recorder does not finish in time
crew-audit-busy = the flight recorder has more to write than it can keep up with
crew-audit-write = the flight recorder cannot write { $path }
crew-store-down = the store is not running
crew-store-said = Why: { $why }. { $mend }
crew-store-slow = the store gave no answer in time
crew-store-stumbled = the store stumbled over this request
crew-store-other = { $path } is not a store that this Cockpit knows
crew-store-busy = the store has more to do than it can keep up with
crew-store-corrupt = { $path } is damaged
crew-store-full = no space is left for { $path }
crew-store-unwritable = { $path } cannot be opened or written
crew-store-held = another program holds { $path } locked
crew-store-disk = the disk under { $path } answers with errors
crew-telegram-other-poller = another program polls with the same token
crew-telegram-away = Telegram cannot be reached ({ $why })
crew-metrics-not-written = history is not written; the last two hours wait in memory
crew-storage-waits = all workers wait for a disk
crew-storage-waits-root = all workers of { $root } wait for its disk
crew-mend-restarts = It restarts by itself; Crew shows why it is away.
crew-mend-own-log = This is a fault in Cockpit: its log has the details.
crew-mend-other-store = Run the version that made it again, or give this one a data.dir of its own.
crew-mend-slow-disk = The disk is very busy or very slow. Try again in a moment.
crew-mend-full-disk = Free some space on that filesystem: df -h { $path }
crew-mend-rights = Check owner, mode and filesystem: ls -la { $path }
crew-mend-corrupt = Stop Cockpit, save what can be saved (sqlite3 { $path } .recover | sqlite3 { $path }.new), move the file aside and start again.
crew-mend-held = Close the program that has it open: fuser -v { $path }
crew-mend-kernel-log = Look at the kernel's log: journalctl -k -p err
crew-mend-other-poller = Stop the other program that uses this token.
crew-mend-by-itself = Nothing to do: it is tried again by itself.
crew-mend-metrics = Look at the store's line on this screen, and at the disk of the data folder.
crew-mend-hung-disk = Look for a disk or network mount that hangs.
