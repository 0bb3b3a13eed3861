# Words of: jobs
jobs-crumb = 🧰 Jobs
jobs-crumb-log = Log

jobs-title-unknown = A job of a newer version
jobs-title-simulated = 🎮 Simulated copy of { $name }
jobs-title-backup = 💾 Backup { $plan }
jobs-title-restore = ⏪ Restore { $what } from { $plan }
jobs-title-prune = 🧹 Thin out { $plan }
jobs-title-check = 🔍 Check { $plan }
jobs-title-prove = 🧪 Proof of restore { $plan }
jobs-title-tend = 🗄 { $what ->
    [initialise] Set up the repository of { $plan }
    [unlock] Unlock { $plan }
    [forget] Forget a snapshot of { $plan }
    [rehearse] What thinning out { $plan } would remove
    [compare] Compare snapshots of { $plan }
   *[index] List a snapshot of { $plan }
}
jobs-title-scan = 📐 Measure { $path }
jobs-title-send = 📤 Send { $name }
jobs-title-receive = 📥 Receive { $name }
jobs-title-self-test = 🩺 Self-test of { $device }
jobs-title-self-test-long = 🩺 Long self-test of { $device }
jobs-title-update = ⬆ Update packages
jobs-title-move = 📦 Move { $path }
jobs-title-copy = 📄 Copy { $path }
jobs-title-delete = 🗑 Delete { $path } for good
jobs-title-empty-trash = 🗑 Empty the trash of { $path }
jobs-title-archive = 🗜 Archive { $path }
jobs-title-checksum = 🔑 Checksum of { $path }
jobs-title-pull = 📦 Pull { $image }
jobs-title-renew = ⬆ Update container { $container }

jobs-asked-pilot = asked by { $name }
jobs-asked-schedule = by schedule
jobs-asked-cockpit = by Cockpit itself

jobs-running = running for { $took }, { $asked }
jobs-stopping = stopping…
jobs-stopping-by = stopping, cancelled by { $by }…
jobs-stopping-time-up = its time is up, stopping…
jobs-survivor = Cockpit was restarted in the middle of this. Its program goes on by itself; what it says can no longer be read, only whether it still runs. Cancel stops it.
jobs-share-unknown = working
jobs-step = Part { $number } of { $of }
jobs-of = { $done } of { $total }
jobs-files = { $figure } { $number ->
    [one] file
   *[other] files
}
jobs-packages = { $figure } { $number ->
    [one] package
   *[other] packages
}
jobs-steps = { $figure } { $number ->
    [one] step
   *[other] steps
}
jobs-rate = { $figure }/s
jobs-rate-minute = { $figure }/min
jobs-left = about { $left } left

jobs-ended-done = done { $at }, took { $took }
jobs-ended-incomplete = done { $at } in { $took }, with something left out
jobs-ended-failed = failed { $at } after { $took }
jobs-ended-cancelled = cancelled { $at } after { $took }
jobs-ended-cancelled-by = cancelled { $at } by { $by } after { $took }
jobs-ended-timed-out = stopped { $at }: not finished within { $after }
jobs-ended-shutdown = interrupted { $at }: Cockpit was stopped
jobs-ended-crash = interrupted: Cockpit went away in the middle, last seen running { $seen }
jobs-ended-survived = its program ended { $at } while Cockpit could not hear it; how it went is unknown
jobs-ended-unknown = ended { $at }
jobs-started = Started { $at }, { $asked }.

jobs-failed-why = { $why }
jobs-failed-inside = A fault inside Cockpit: { $why }
jobs-failed-stopped = It stopped by itself before it was through

jobs-mend-again = Nothing is broken by that. Start it again when it suits you.
jobs-mend-backup = What was stored so far is kept: start the backup again and it goes on from there. If it says the repository is locked, unlock it first.
jobs-mend-restore = Files are put in their place only once all are fetched: look which are there. What was fetched aside is removed by itself. Start the restore again.
jobs-mend-repository = Check the repository before the next backup; unlock it first if it says it is locked.
jobs-mend-transfer = Nothing half-done is left. Send the file again.
jobs-mend-files = What was done until then stays done; the original of a copy or move is untouched until its copy is whole. A hidden .cockpit-part file may be left. Start it again.
jobs-mend-self-test = The disk goes on testing by itself. Look at its screen for the result.
jobs-mend-update = Packages may be half-installed. Run this on the server: dpkg --configure -a
jobs-mend-renew = Look at the container first: where it is half done, its screen says so, and how to end it.
jobs-mend-timed-out = Look into its log: it hung, or it has more to do than its time allows.

jobs-cancel-ended = This job has already ended.
jobs-refused-away = Jobs are not running at the moment. They restart by themselves: try again in a few seconds.
jobs-refused-not-ready = Cockpit has just started and still looks up unfinished jobs. Try again in a few seconds.
jobs-refused-too-many = { $count } jobs run already. Wait for one to end, or cancel one.
jobs-refused-store = Not started, because it cannot be recorded. { $why }
jobs-simulate-refused = Only a simulated server has this task.
jobs-simulated-done = { $files } files, { $size } (simulated)

jobs-list-idle = Nothing is running.
jobs-list-ended = Ended
jobs-gone = Job { $number } is no longer in the records: the last 200 are kept.
jobs-away = Jobs do not answer at the moment.
jobs-log-empty = It has said nothing so far.

jobs-button-cancel = ✕ Cancel
jobs-button-log = 📜 Log
jobs-button-simulate = 🎮 Start a long task
