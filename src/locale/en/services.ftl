# Words of: services
services-crumb-engine = Engine
services-crumb = Services
services-away = Services: this part of Cockpit is just being restarted. Try again in a moment.

# The connection
services-connecting = Connecting to systemd…
services-reconnecting = Reconnecting to systemd, away for { $span }: { $why }
services-bus-no-systemd = This machine was not started by systemd (a container, or another init).
services-bus-none = No D-Bus at { $address }: { $why }.
services-bus-lost = The connection to systemd was lost.
services-bus-slow = systemd did not answer within { $seconds } s.
services-no-such-unit = systemd knows no unit called { $unit }.
services-masked-refused = { $unit } is masked, so systemd refuses to start it.
services-no-install = { $unit } can't be switched on for boot: its file has no [Install] section.
services-denied = systemd said: not allowed. { $why }
services-refused = systemd refused: { $why }
services-garbled = systemd's answer was not understood: { $why }
services-mend-no-systemd = Run Cockpit on the host itself to see its services.
services-mend-no-bus = Check it on the server: systemctl status dbus
services-mend-wait = It is tried again by itself.
services-mend-name = Look for the right name with 🔍.
services-mend-masked = To allow it again: systemctl unmask { $unit }
services-mend-no-install = It is started by others when they need it.
services-mend-denied = Run Cockpit as root, or allow it in polkit (org.freedesktop.systemd1.manage-units).
services-mend-log = The log may say more.

# States
services-state-running = running
services-state-active = active
services-state-waiting = waiting
services-state-listening = listening
services-state-mounted = mounted
services-state-exited = done, stays active
services-state-reloading = reloading
services-state-failed = failed
services-state-auto-restart = crashed, restarting
services-state-starting = starting
services-state-stopping = stopping
services-state-stopped = stopped
services-state-ran = ran, done
services-state-not-found = not installed
services-state-masked = masked
services-state-broken = bad unit file
services-state-unknown = unknown
services-not-loaded = not in use
services-state-since = { $state } for { $span }, since { $at }
services-state-ago = { $state } { $ago }, at { $at }
services-last-known = Last known: { $state }

# How it ended
services-ended-unknown = ended with an error
services-ended-core = { $how } (core dumped)
services-ended-oom = { $how } – out of memory
services-ended-timeout = took too long and was killed
services-ended-watchdog = gave its watchdog no sign of life
services-ended-limit = failed too often, systemd gave up
services-ended-limit-how = { $how }; too often, systemd gave up
services-ended-resources = systemd could not prepare what it needs
services-ended-protocol = did not report ready the way its type asks
services-ended-condition = its own check said no
services-ended-dependency = something it needs did not start
services-exit-code = exit { $code }
services-exit-code-means = exit { $code }, { $meaning }
services-exit-killed = killed by { $signal }
services-exit-126 = program not executable
services-exit-127 = program not found
services-exit-200 = its working folder is missing
services-exit-203 = program missing or not executable
services-exit-209 = its output file can't be opened
services-exit-217 = its user or group does not exist
services-exit-218 = its capabilities can't be set
services-exit-226 = its sandbox can't be set up
services-exit-238 = one of its folders can't be made
services-exit-243 = its credentials can't be read

# Lists
services-counts = { $failed } failed · { $watched } watched · { $all } in all
services-found = { $n ->
    [one] 1 found with “{ $words }”
   *[other] { $n } found with “{ $words }”
}
services-empty-watched = Nothing is watched yet. List your services in cockpit.toml: [services] watch = ["ssh", "nginx"]
services-empty-failed = Nothing has failed.
services-empty-timers = No timer is active.
services-empty-all = systemd lists no services.
services-empty-search = Nothing found. Try fewer letters.
services-average = avg { $percent }
services-tab-watched = Watched
services-tab-failed = Failed { $n }
services-tab-all = All
services-tab-timers = Timers
services-search = 🔍 Search
services-search-hint = Which service? Type a part of its name or description, for example: ngi
services-search-empty = A few letters are needed, for example: ngi
services-timer-in = in { $span }
services-timer-due = due now
services-timer-last = last { $ago }
services-timer-never = has not run yet
services-and-more = { $list } and { $n } more

# The dashboard
services-glance-good = { $n ->
    [one] 1 service
   *[other] { $n } services
}
services-glance-none-failed = no failed services
services-glance-bad = { $good } services   ✖ { $bad }: { $names }
services-glance-unknown = Services unknown: { $why }
services-problem = { $unit } is { $state }
services-problem-since = { $unit } { $state } { $ago }
services-problem-not-found = { $unit } is watched but not installed

# A unit
services-says = It says: { $text }
services-crashed = crashed and was restarted { $n }× within { $span }
services-crashed-gave-up = restarted { $n }× within { $span }, then systemd gave up
services-memory = Memory
services-memory-of = { $used } of { $max }
services-cpu = CPU
services-cpu-now = { $percent } ({ $total } used in all)
services-cpu-average = avg { $percent } ({ $total } used in all)
services-cpu-before = { $total } in its last run
services-pid = PID
services-tasks = Tasks
services-restarts = Restarted
services-last-ending = Last end
services-boot = At boot
services-boot-enabled = starts
services-boot-disabled = does not start
services-boot-static = when needed
services-boot-masked = masked
services-boot-none = –
services-timer-next = Next
services-timer-before = Last
services-when-in = { $at } (in { $span })
services-when-ago = { $at } ({ $ago })
services-timer-line = ⏱ { $timer }: next { $next }, last { $last }
services-needed-by = Needed by: { $list }
services-needed-by-idle = Needed by: { $list } (not running now)
services-wanted-by = Wanted by: { $list }
services-triggers = Starts: { $list }
services-triggered-by = Started by: { $list }
services-needs-reload = Its file changed on disk; systemd still uses the old one. A reload of systemd takes it up: systemctl daemon-reload
services-protected = 🔒 Protected: can't be stopped from the chat.
services-seconds = { $n } s

# Acts
services-doing-start = starting…
services-doing-stop = stopping…
services-doing-restart = restarting…
services-doing-reload = reloading…
services-doing-enable = switching on for boot…
services-doing-disable = switching off for boot…
services-doing-reset = forgetting the failure…
services-op = On it: { $doing } { $span } ({ $by })
services-op-settling = { $unit } is up; waiting 3 s to see whether it stays…
services-op-adrift = { $doing } The connection was lost meanwhile; I look again when it is back.
services-done-start = Done: { $unit } is up, steady for 3 s.
services-done-restart = Done: { $unit } was restarted and is up, steady for 3 s.
services-done-reload = Done: { $unit } was reloaded and is up, steady for 3 s.
services-done-ran = Done: { $unit } ran once and ended well.
services-done-stop = Done: { $unit } is stopped.
services-done-stop-badly = { $unit } is stopped, but not cleanly: { $how }.
services-done-enable = Done: { $unit } starts at boot from now on.
services-done-disable = Done: { $unit } no longer starts at boot. What runs now goes on.
services-done-reset = Done: the failure of { $unit } is forgotten.
services-not-ended = Not yet: { $unit } started and ended again by itself, without an error.
services-not-condition = { $unit } was not started: the conditions in its file are not met.
services-not-died = Not yet: { $unit } came up and went down again: { $how }.
services-not-started = Not yet: { $unit } did not come up: { $how }.
services-not-dependency = Not yet: something { $unit } needs did not start.
services-not-timeout = Not yet: { $unit } took too long to start; systemd gave up.
services-not-canceled = Not yet: another order to systemd took the place of this one.
services-not-stopped = Not yet: { $unit } is { $state } again. Something starts it by itself.
services-not-reloaded = Not yet: the reload of { $unit } failed. It goes on with what it had.
services-not-file = { $unit } is now “{ $state }” for boot, which is not what was asked.
services-not-reset = Not yet: { $unit } counts as failed still.
services-not-over = systemd is still at it after 5 min. I let it go on; look again later.
services-evidence-by = { $at } by { $by }, took { $took }
services-button-start = ▶ Start
services-button-stop = ■ Stop
services-button-restart = ↻ Restart
services-button-reload = ♻ Reload
services-button-reset = ✔ Forget failure
services-button-enable = ● Start at boot
services-button-disable = ○ Not at boot
services-button-log = 📜 Log
services-refused-protected = { $unit } is protected (services.protected in cockpit.toml): it can't be stopped from the chat.
services-refused-server = { $unit } would take the whole server down. That is not done from the list of services.
services-refused-busy = { $unit } is busy: { $doing } ({ $by }, { $ago }). One act at a time.
services-refused-many = Many acts are under way already. Wait for one to end.
services-refused-link = Can't do it now. { $why } { $mend }

# Why it is so
services-button-diagnose = ✨ Diagnose
services-diagnose-crumb = Diagnosis
services-diagnose-seen = What is seen
services-diagnose-try = What to try
services-diagnose-lines = Its own last words
services-diagnose-complaints = ⚠ Warnings
services-diagnose-top = 🏃 Memory
services-diagnose-port = 🔎 Who holds port { $port }
services-diagnose-disks = 💽 Disks
services-why-not-installed = systemd has no file of this name: it is not installed, or is called otherwise.
services-why-masked = It is masked: forbidden to start.
services-why-bad-file = Its unit file is wrong: { $why }
services-why-needs = It needs { $unit }, which is { $state }.
services-why-oom = The kernel ended it: the machine ran out of memory.
services-why-oom-limit = The kernel ended it: it reached its memory limit of { $max }.
services-why-no-program = Its program can't be started: { $how }.
services-why-surroundings = systemd could not prepare what it runs in: { $how }.
services-why-timeout = It took longer than systemd waits, and was ended.
services-why-watchdog = It gave no sign of life in time, so systemd ended it.
services-why-crashed = The program itself crashed: { $how }.
services-why-killed = It was ended from outside: { $how }.
services-why-dependency = Something it needs did not start.
services-why-gave-up = It failed too often in a short time: systemd does not start it by itself any more.
services-why-looping = It dies and is started again, over and over.
services-why-stale = Its file changed on disk; systemd still uses the old one.
services-why-near = Memory is near its limit: { $used } of { $max }.
services-why-unexplained = It { $how }. Why, I do not recognise from its log.
services-why-at-rest = Nothing failed: it was stopped, or never started.
services-why-waits = Nothing failed: { $unit } starts it when it is needed.
services-why-well = It runs, and nothing wrong is to be seen.
services-clue-port = Port { $port } is taken by another program.
services-clue-a-port = A port it wants is taken by another program.
services-clue-denied = It was refused access to something.
services-clue-disk = A disk is full.
services-clue-read-only = It wanted to write to a file system that is read-only.
services-clue-memory = It got no memory.
services-clue-files = It has too many files open.
services-clue-missing = A file or folder it wants does not exist.
services-clue-refused = Another service it talks to does not answer: connection refused.
services-clue-name = A host name could not be looked up.
services-clue-login = Its user name or password was not accepted.
services-clue-certificate = Something is wrong with a certificate.
services-clue-config = Its configuration seems to have a mistake.
services-try-not-installed = Look for the right name with 🔍, or install its package.
services-try-masked = If it should run: systemctl unmask { $unit }, then start it.
services-try-reread = Check the unit's file, then on the server: systemctl daemon-reload
services-try-needs = Put { $unit } right first.
services-try-memory = Look at its memory chart: a slow rise is a leak. Else give it more (MemoryMax= in its unit) or the machine less to do.
services-try-program = Check ExecStart= in its unit: does the file exist, and may it be run?
services-try-surroundings = Check what the sentence above names in its unit: user, folders, files, sandbox.
services-try-timeout = Its last words say what it waited for. TimeoutStartSec= in its unit gives it longer.
services-try-crashed = That is for its makers: look for an update. On the server: coredumpctl info { $unit }
services-try-killed = Find out who did it: /audit shows what was done from here, the kernel's log tells of memory.
services-try-dependency = See which: systemctl list-dependencies { $unit }
services-try-gave-up = Mend the cause, then “Forget failure” and start it.
services-try-looping = Mend the cause; until then, stopping it saves the machine some work.
services-try-log = Read the log around its end, with what was written before.
services-try-start = Start it, if it should run.
services-try-port = See below who holds port { $port }; stop one of the two, or give it another port.
services-try-a-port = Find who holds the port (on the server: ss -ltnp), and stop one of the two or give it another port.
services-try-denied = Check owner and rights of what that line names, and User= in its unit.
services-try-disk = Make room, then start it again.
services-try-read-only = Check the disk: the kernel makes a file system read-only after an error.
services-try-files = Raise LimitNOFILE= in its unit, and see why it opens so many.
services-try-missing = Make what that line names, or correct its path in the configuration.
services-try-refused = Check that the other service runs, and that address and port are right.
services-try-name = Check the name in its configuration, and the server's DNS.
services-try-login = Check user name and password in its configuration.
services-try-certificate = Renew the certificate, or correct its path.
services-try-config = Most programs can check it themselves, such as nginx -t. Then start it again.

# What depends on it
services-weigh-stop-with = { $n ->
    [one] { $list } stops with it
   *[other] { $n } units stop with it: { $list }
}
services-weigh-restart-with = { $n ->
    [one] { $list } is restarted with it
   *[other] { $n } units are restarted with it: { $list }
}
services-weigh-wanted = { $list } asked for it and goes on without it
services-weigh-triggers = { $list } can start it again by itself
services-weigh-disable = It goes on running now, and does not start at the next boot
services-weigh-incomplete = Not all that depends on it could be asked
services-weigh-unknown = What depends on it is unknown: services did not answer in time
services-lifeline-own = { $unit } is Cockpit itself: after a stop nobody answers here any more, after a restart in a few seconds
services-lifeline-network = { $unit } carries the network: this may cut you off, and Cockpit from Telegram
services-lifeline-names = { $unit } looks up names: without it Cockpit may not find Telegram
services-lifeline-ssh = { $unit } is the way in by SSH: you may lock yourself out
services-lifeline-vpn = { $unit } carries the VPN: if you come in through it, it cuts you off
services-lifeline-bus = { $unit } is D-Bus: much of the system stops working without it
services-lifeline-base = { $unit } holds up most of the system: very much stops with it

# The journal
services-log-crumb = Log
services-log-lines = last { $n } lines
services-log-only-errors = errors
services-log-only-warnings = warnings and worse
services-log-only-notices = notices and worse
services-log-since-boot = since boot
services-log-since-hour = last hour
services-log-since-day = last 24 h
services-log-with = with “{ $words }”
services-log-empty = No lines like that.
services-log-none-yet = No lines yet.
services-log-search-stopped = The search stopped after 4 s; older lines were not looked at. Narrow it with a time.
services-log-search-hint = Which words should the lines have? For example: timeout
services-log-search-off = ✕ Search
services-log-all = All
services-log-notice = Notice
services-log-warning = Warn
services-log-error = Error
services-log-always = Ever
services-log-boot = Boot
services-log-hour = 1 h
services-log-day = 24 h
services-log-50 = 50
services-log-200 = 200
services-log-follow = ● Follow
services-log-unfollow = ◼ Stop following
services-log-file = 📎 As a file
services-log-file-says = 📜 { $unit }: { $n } lines, { $size }
services-log-file-cut = 📜 { $unit }: the newest { $n } lines, { $size }. Older ones were left out.
services-log-file-empty = No lines like that, so there is no file.
services-log-denied = Cockpit is not allowed to read the journal.
services-log-mend-denied = Add its user to a group that may: usermod -aG systemd-journal USER
services-log-failed = journalctl failed: { $why }

# The simulator's board
services-toy-crash = nginx crashes
services-toy-oom = PostgreSQL runs out of memory
services-toy-denied = systemd refuses every order
services-toy-slow = systemd takes 10 s longer for everything
services-toy-bus = the bus to systemd goes away
