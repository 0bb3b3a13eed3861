# Words of: alerts
alerts-crumb = 🔔 Warnings
alerts-none = Nothing to worry about.
alerts-past = Over
alerts-gone = This warning is no longer in the records.
alerts-away = Warnings do not answer at the moment.

alerts-name-cpu = Processor
alerts-name-memory = Memory
alerts-name-disk = Disk { $mount }
alerts-name-temperature = Temperature { $sensor }
alerts-name-config = Config file
alerts-name-health = Health of { $device }
alerts-name-actor = Cockpit’s own { $actor }

alerts-cpu = { $value } busy
alerts-memory = { $value } in use
alerts-memory-free = { $value } in use, { $free } available
alerts-disk = { $value } full
alerts-disk-free = { $value } full, { $free } free
alerts-unit = failed ({ $result })
alerts-name-container = container { $name }
alerts-container-died = died by itself, exit { $code }
alerts-container-died-means = died by itself, exit { $code }: { $means }
alerts-container-oom = killed: out of memory
alerts-container-unhealthy = unhealthy: its health check fails
alerts-container-ended = died by itself
alerts-job-failed = failed
alerts-job-incomplete = done, with something left out
alerts-job-timed-out = not finished in its time, stopped
alerts-job-interrupted = interrupted
alerts-actor = keeps failing ({ $restarts } restarts) and is parked
alerts-actor-mend = Cockpit tries it again every few minutes. What it shows is missing until then.
alerts-missed = { $missed ->
    [one] one run missed, due { $first }
   *[other] { $missed } runs missed since { $first }
}
alerts-missed-mend = The server or Cockpit was off then. Run it now, or wait for its next time.
alerts-refused = could not be started
alerts-config = not taken: { $problems ->
    [one] one problem
   *[other] { $problems } problems
}
alerts-config-mend = What held before still holds. Mend the file, then reload.
alerts-result = done, took { $took }

alerts-above = Above { $above } since { $since }.
alerts-since = Since { $since }.
alerts-times = { $times } times since { $first }.
alerts-continued = It got worse at { $at }: it goes on below.
alerts-over = over { $at }, after { $after }
alerts-over-gone = no longer there { $at }
alerts-over-away = over; it ended while Cockpit was away, seen { $at }
alerts-over-not-watched = no longer watched { $at }
alerts-over-stale = put away { $at }, after a week
alerts-level-after = Now { $now }; at most { $peak }.

alerts-button-chart = 📈 Chart
alerts-button-status = 🖥 Status
alerts-button-why = ✨ Why?
alerts-button-start = ▶ Start
alerts-button-job = 🧰 Show the job
alerts-button-crew = 👩‍🚀 Crew
alerts-button-restart = ↻ Restart it
alerts-button-task = 🗓 Show the task
alerts-button-run = ▶ Run now
alerts-button-reload = ↻ Reload
alerts-button-health = 🩺 Show the disk
alerts-button-log = 📜 Log

alerts-name-backup = 💾 Backup { $plan }
alerts-overdue = overdue: due { $due }, and there was none
alerts-overdue-last = The last one that went through was { $last }.
alerts-overdue-never = There has never been one that went through.
alerts-overdue-mend = Run it now; its screen says what is in the way.
alerts-backed-up = backed up: { $added } new, took { $took }
alerts-backed-up-all = { $number ->
    [one] One file
   *[other] { $files } files
}, { $size } in all.
alerts-button-backup = 💾 Show the plan

# Put to rest
alerts-snoozed = 🔕 Snoozed until { $until } by { $by }.
alerts-rested = It was snoozed until { $until }, and is still so: it goes on below.
alerts-snooze-crumb = Snooze
alerts-snooze-says = Until then nothing of it makes a sound; its message goes on saying how it is. If it gets worse, you hear of it all the same.
alerts-snooze-hint = Until when? Tap, or type a time like 03:10, or a span like 90 min. At most 7 days.
alerts-snooze-not-a-time = That is no time. Type one like 03:10, or a span like 90 min.
alerts-snooze-short = That is over before it begins. At least 1 min, please.
alerts-snooze-long = That is too long: at most 7 days, or it is forgotten that it is quiet.
alerts-snooze-over = It is over already: there is nothing to snooze.
alerts-button-snooze-hour = 🔕 1 h
alerts-button-snooze-hours = 🔕 { $n } h
alerts-button-snooze-until = 🔕 Until { $until }
alerts-button-snooze = 🔕 Until…
alerts-button-wake = 🔔 Sound again

alerts-name-half = update of { $name }
alerts-half = interrupted: it is neither the old nor surely the new
alerts-half-mend = Its screen says how it stands and what can be done. Or put the one before back.
alerts-button-put-back = ↩ Put the old one back
