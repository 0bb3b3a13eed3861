# Words of: schedule
schedule-crumb = 🗓 Schedule
schedule-title-simulated = 🎮 Simulated copy
schedule-none = Nothing is scheduled.
schedule-gone = There is no such task any more.
schedule-away = The scheduler does not answer at the moment.
schedule-away-mend = It restarts by itself: try again in a few seconds.
schedule-practice = Practice: these are the times, but nothing runs by itself.

schedule-plan = { $plan } ({ $zone })
schedule-plan-hourly = every hour, on the hour
schedule-plan-daily = daily at { $at }
schedule-plan-weekly = { $days } at { $at }
schedule-plan-monthly = on day { $day } of each month at { $at }
schedule-plan-every = every { $step }
schedule-plan-cron = cron { $cron }
schedule-jitter = Each run starts up to { $span } later, so that not everything starts at once.
schedule-missed-catch-up = Missed while the server was off: runs once when it is back.
schedule-missed-report = Missed while the server was off: you are told, and it waits for its next time.
schedule-coming = Next: { $times }
schedule-history = Last runs

schedule-next = next { $at }
schedule-next-practice = would run { $at }
schedule-next-never = has no next time
schedule-running = running since { $since }
schedule-running-already = Its last run still goes on.
schedule-paused = paused by { $by } until somebody resumes it
schedule-paused-until = paused by { $by } until { $until }

schedule-run-running = running
schedule-run-done = done in { $took }
schedule-run-incomplete = done in { $took }, with something left out
schedule-run-failed = failed after { $took }
schedule-run-cancelled = cancelled after { $took }
schedule-run-timed-out = not finished in time, stopped after { $took }
schedule-run-interrupted = interrupted
schedule-run-refused = not started: { $why }
schedule-run-skipped = left out: the run before was still going on
schedule-run-missed = missed
schedule-run-lost = Cockpit went away before it began

schedule-why-missed = { $count ->
    [one] made up for { $first }
   *[other] made up for { $count } since { $first }
}
schedule-why-missed-many = made up for { $count } or more since { $first }
schedule-why-asked = asked by { $by }

schedule-refused-gone = its room has withdrawn it
schedule-refused-late = it had not begun within { $seconds } s
schedule-refused-audit = it could not be recorded: { $why }
schedule-outcome-unknown = How it went is not known.

schedule-button-run = ▶ Run now
schedule-button-job = 🧰 Show the job
schedule-button-last-job = 🧰 Last job
schedule-button-resume = ▶ Resume
schedule-button-pause-day = ⏸ 1 day
schedule-button-pause-week = ⏸ 1 week
schedule-button-pause = ⏸ Pause
