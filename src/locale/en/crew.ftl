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
