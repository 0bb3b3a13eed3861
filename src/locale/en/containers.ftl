# Words of: containers
containers-crumb-cargo = Cargo
containers-crumb = Containers
containers-crumb-details = Details
containers-crumb-unused = Unused
containers-away = Containers: this part of Cockpit is being started again. Try in a moment.

# The connection
containers-connecting = Connecting to the engine…
containers-reconnecting = Reconnecting to the engine for { $span }: { $why }
containers-no-socket = No container engine: there is no { $paths }.
containers-no-answer = Nobody answers at { $socket }: the engine is not running.
containers-denied = Cockpit may not open { $socket }.
containers-slow = The engine has not answered within { $seconds } s.
containers-lost = The connection to the engine broke.
containers-too-old = The engine speaks API { $found }; at least { $needed } is needed.
containers-not-found = The engine knows nothing by that name.
containers-refused = The engine refused: { $why }
containers-podman-registry = Podman's service cannot be asked what a registry has. On the server: podman auto-update --dry-run tells it for containers with the label io.containers.autoupdate.
containers-podman-twin = Podman's service does not tell all settings of a container: made anew, it could lose some. The container was not touched.
containers-garbled = The engine's answer was not understood: { $why }
containers-mend-no-socket = Install Docker or Podman's socket, or name it: containers.socket in the config. Not wanted? containers.enabled = false.
containers-mend-no-answer = On the server: systemctl status docker
containers-mend-denied = Add Cockpit's user to the group and restart Cockpit: usermod -aG docker USER – or run Cockpit as root.
containers-mend-slow = It hangs. On the server: journalctl -u docker -n 50, then systemctl restart docker.
containers-mend-wait = It is tried again by itself.
containers-mend-too-old = Update Docker: 1.13 is the oldest that works.
containers-mend-not-found = It may have been removed or renamed. The list shows what is there.
containers-mend-podman = On the server: podman auto-update, or podman pull and make it anew as you made it.
containers-mend-log = The engine's own log may tell more: journalctl -u docker -n 50

# States
containers-state-healthy = healthy
containers-state-unhealthy = unhealthy
containers-state-starting = starting
containers-state-running = up
containers-state-created = created
containers-state-paused = paused
containers-state-restarting = restarting
containers-state-done = done, exited 0
containers-state-exited = exited { $code }
containers-brief-done = done
containers-brief-exited = exited { $code }
containers-state-stopped = stopped
containers-state-dead = dead
containers-state-removing = being removed
containers-state-unknown = unknown
containers-ended = { $how } – { $means }
containers-exit-oom = killed: out of memory
containers-exit-125 = the engine could not run it
containers-exit-126 = program not executable
containers-exit-127 = program not found
containers-exit-130 = ended by Ctrl-C
containers-exit-134 = aborted
containers-exit-137 = killed by SIGKILL
containers-137-limit = Killed for want of memory ends so, too, and the engine does not always hear of it. Its limit is { $limit }. On the server: journalctl -k -g oom
containers-137 = Killed for want of memory ends so, too, and the engine does not always hear of it. On the server: journalctl -k -g oom
containers-exit-139 = crashed: segmentation fault
containers-exit-143 = ended as asked (SIGTERM)
containers-exit-signal = killed by signal { $signal }
containers-state-since = { $state } for { $span }, since { $at }
containers-state-ago = { $state } { $ago }, at { $at }
containers-state-started = { $state }; started { $ago }, at { $at }
containers-last-known = Last known: { $state }

# The list
containers-counts = { $running } up · { $stopped } stopped · { $troubled } in trouble
containers-found = { $n } with “{ $words }”
containers-empty-search = Nothing found. Try fewer letters.
containers-empty-all = No containers yet.
containers-empty-running = None is running.
containers-empty-stopped = None is stopped.
containers-empty-troubled = None is in trouble ✔
containers-project-count = { $up }/{ $all } up
containers-alone = On their own
containers-tab-all = All
containers-tab-running = Up
containers-tab-stopped = Stopped
containers-tab-troubled = Trouble { $n }
containers-search = 🔍 Search
containers-search-hint = Which container? Type a part of its name, image or project, for example: web
containers-search-empty = A few letters are needed, for example: web
containers-stock = 🗄 Storage

# A project
containers-project-gone = There is no such project any more.
containers-project-says = { $up } of { $all } up
containers-project-protected = Protected, so the project can't be stopped from here: { $list }
containers-project-files = Compose file: { $files }
containers-needs = { $service } needs { $needs }
containers-button-start-all = ▶ Start all
containers-button-restart-all = ↻ Restart all
containers-button-stop-all = ■ Stop all

# The dashboard
containers-glance-good = { $n } { $n ->
    [one] container
   *[other] containers
    }
containers-glance-bad = { $bad } in trouble: { $names } · { $good } up
containers-glance-unknown = Containers unknown: { $why }
containers-problem = { $name } is { $state }
containers-problem-ago = { $name }: { $state }, { $ago }

# A container
containers-image = Image
containers-image-id = Image id
containers-id = Id
containers-created = Created
containers-pid = PID
containers-cpu = CPU
containers-memory = Memory
containers-memory-of = { $used } of { $max }
containers-ports = Ports
containers-policy = Restart
containers-policy-no = never
containers-policy-always = always
containers-policy-unless-stopped = unless stopped
containers-policy-on-failure = on failure
containers-policy-on-failure-most = on failure, at most { $n }×
containers-policy-restarts = { $policy }, { $n }× so far
containers-of-project = { $service } of project { $project }
containers-protected = Protected: it can't be stopped from the chat.
containers-checks = Health check
containers-check-failing = Health check failed { $n }× in a row:
containers-check-silent = exit { $code }, no words
containers-mounts = Mounts
containers-networks = Networks
containers-ports-inside = Ports, not published
containers-env = Environment
containers-values-note = Values can be secrets: delete this message when you are done.
containers-values-private = Values can be secrets: I show them only in your private chat with me.
containers-button-start = ▶ Start
containers-button-stop = ■ Stop
containers-button-restart = ↻ Restart
containers-button-pause = ⏸ Pause
containers-button-unpause = ▶ Go on
containers-button-kill = ✖ Kill
containers-button-remove = 🗑 Remove
containers-button-log = 📜 Log
containers-button-details = ℹ Details
containers-button-values = 🔑 Show values

# What is done, and what became of it
containers-doing-start = starting
containers-doing-stop = stopping
containers-doing-restart = restarting
containers-doing-pause = pausing
containers-doing-unpause = going on
containers-doing-kill = killing
containers-doing-remove = removing
containers-op = On it… { $doing } for { $span }, by { $by }
containers-op-step = On it… { $doing } { $name } ({ $at } of { $of }) for { $span }, by { $by }
containers-evidence = { $at } · { $seconds } s · by { $by }
containers-done-up = { $name } is up, steady for 5 s.
containers-done-healthy = { $name } is up and healthy.
containers-done-unpause = { $name } goes on.
containers-done-down = { $name } is down: { $how }.
containers-done-down-killed = { $name } is down. It did not end when asked, so the engine killed it (exit 137).
containers-done-paused = { $name } is paused.
containers-done-removed = { $name } is removed.
containers-not-yet-healthy = { $name } is up; its health check has not decided within 90 s.
containers-not-refused = { $name }: { $why }
containers-not-otherwise = { $name } is { $state }, not as asked.
containers-not-tried = { $name }: not tried, because one before it failed.
containers-not-died = { $name } did not hold: { $how }.
containers-not-restarting = { $name } did not hold: it crashed and is restarted again and again.
containers-not-healthy = { $name } is up, but its health check fails.
containers-not-started = { $name } could not be started: { $why }
containers-refused-protected = { $name } is protected (containers.protected).
containers-refused-busy = { $name } is busy: { $doing }, begun by { $by } { $ago }.
containers-refused-many = Too much is under way. Try in a moment.
containers-refused-unknown = There is no { $name } any more.
containers-refused-running = { $name } runs. Stop it first; only a stopped one is removed.

# What would follow
containers-weigh-unknown = What hangs on it is unknown: the engine does not answer.
containers-weigh-engine-stop = { $n } { $n ->
    [one] container stops
   *[other] containers stop
    } with it, among them { $list }
containers-weigh-engine-restart = { $n } { $n ->
    [one] container goes
   *[other] containers go
    } down with it; those with a restart policy come back: { $list }
containers-weigh-spared = { $n } { $n ->
    [one] container runs
   *[other] containers run
    } on without it.
containers-weigh-none = No container runs.
containers-weigh-published-name = { $name } (published on { $ports })
containers-and-more = { $n } more
containers-weigh-project = { $n } running: { $list }
containers-weigh-ports = Not reachable meanwhile: { $ports }
containers-weigh-needed = { $n } in its project { $n ->
    [one] needs
   *[other] need
    } it: { $list }
containers-weigh-remove = What it wrote outside of volumes is lost.
containers-weigh-remove-volumes = What it wrote outside of volumes is lost. Volumes stay: { $list }
containers-weigh-kill = It ends at once, without tidying up.
containers-weigh-kill-volumes = It ends at once, without tidying up; data in { $list } may be left half written.
containers-weigh-pause = Frozen: it answers nobody until it goes on.
containers-weigh-volumes-kept = Volumes stay: { $list }
containers-forecast-images = { $n } { $n ->
    [one] image
   *[other] images
    } without a tag and without a container: { $size } given back.
containers-forecast-no-images = Nothing to free: every image has a tag or a container.
containers-forecast-cache = Up to { $size } given back.
containers-forecast-no-cache = Nothing to free: there is no build cache that is not in use.
containers-forecast-stopped = { $n } stopped { $n ->
    [one] container is
   *[other] containers are
    } removed, with what they wrote outside of volumes and their logs: { $list }
containers-forecast-stopped-size = Up to { $size } given back. Volumes stay.
containers-forecast-no-stopped = Nothing to remove: no container is stopped.
containers-forecast-networks = { $n } { $n ->
    [one] network that no container is tied to is
   *[other] networks that no container is tied to are
    } removed: { $list }. They take no room.
containers-forecast-no-networks = Nothing to remove: containers are tied to every network.
containers-forecast-spared = Left alone, as protected or kept by an update: { $list }
containers-forecast-uncounted = How much it gives back is not counted yet: open the usage first.
containers-refused-way-back = The update of { $name } is open: its way back needs what would be deleted. Finish that first.
containers-weigh-prune = What nobody uses now is deleted, and has to be fetched or built again when needed.
containers-weigh-volumes = { $n } { $n ->
    [one] volume
   *[other] volumes
    } and all data in them are gone for good: { $list }

# The log
containers-log-crumb = Log
containers-log-lines = last { $n } lines
containers-log-only-errors = stderr only
containers-log-since-start = of this run
containers-log-since-hour = last hour
containers-log-since-day = last 24 h
containers-log-with = with “{ $words }”
containers-log-stderr = { $mark } = stderr
containers-log-empty = No lines like that.
containers-log-search-stopped = Only the newest { $n } lines were looked through, for 4 s at most. Narrow it with a time.
containers-log-search-hint = Which words should the lines have? For example: timeout
containers-log-search-off = ✕ Search
containers-log-always = Ever
containers-log-start = This run
containers-log-hour = 1 h
containers-log-day = 24 h
containers-log-errors = stderr
containers-log-follow = ● Follow
containers-log-unfollow = ◼ Stop following
containers-log-file = 📎 As a file
containers-log-file-says-cut = 📜 { $name }: the newest { $size } of { $n } lines
containers-log-file-says = 📜 { $name }: { $n } lines, { $size }
containers-log-file-cut = Only the newest { $max } fit; older lines were left out.
containers-log-file-late = Its end was not reached within 90 s.
containers-log-file-empty = No lines like that, so there is no file.

# Storage
containers-stock-usage = 📊 Usage
containers-stock-images = Images
containers-stock-volumes = Volumes
containers-stock-networks = Networks
containers-stock-empty = None.
containers-shelf-containers = Own data
containers-shelf-cache = Build
containers-shelf = { $size } · { $used }/{ $all }
containers-usage-says = { $total } in all; { $free } of it is used by nobody. After each size: how many are in use, of how many.
containers-usage-volumes = Largest volumes
containers-prune-images = 🧹 Dangling images
containers-prune-cache = 🧹 Build cache
containers-prune-containers = 🧹 Stopped
containers-prune-networks = 🧹 Networks
containers-pruned = { $n } removed, { $size } given back.
containers-pruned-size = Done: { $size } given back.
containers-pruned-some = { $n } removed.
containers-pruned-nothing = Nothing to remove: all is used.
containers-unused = not used
containers-dangling = (no tag) { $id }
containers-internal = internal
containers-button-unused-volumes = 🗑 Unused volumes…
containers-no-unused-volumes = Every volume is used.
containers-unused-volumes = { $all ->
    [one] One volume is used by no container:
   *[other] { $n } of { $all } unused volumes are listed here:
}
containers-volumes-warn = A stopped container that was removed may have left its only data in one of them.
containers-button-remove-volumes = { $n ->
    [one] 🗑 Remove it…
   *[other] 🗑 Remove these { $n }…
}
containers-volumes-changed = The unused volumes are not the same as listed. Look again; nothing was removed.

# Newer images
containers-crumb-file = File
containers-doing-update = updating
containers-updates = Newer images
containers-updates-off = Registries are not asked for newer images. To switch it on: containers.updates.enabled = true in the config.
containers-updates-checking = Asking the registries… { $done } of { $of }
containers-updates-none = None that is asked about is running.
containers-updates-nowhere = None of these comes from a registry that could have a newer one.
containers-updates-all-current = All that are asked about are up to date.
containers-updates-unknown = None is known to be newer; { $n } { $n ->
    [one] is
   *[other] are
    } not known.
containers-updates-newer = { $n } { $n ->
    [one] container has
   *[other] containers have
    } a newer image.
containers-updates-left-out = Not asked about: { $n } (containers.updates.which)
containers-updates-when = Asked by itself: { $schedule }. Nothing is updated by itself.
containers-found-newer = newer there
containers-found-current = up to date
containers-found-pinned = pinned
containers-found-built = built here
containers-found-unknown = unknown
containers-found-not-asked = not asked yet
containers-registry-no-such = The registry has no image of that name, or wants a login for it.
containers-newer = The registry has a newer { $image } (asked { $ago }).
containers-button-updates = ⬆ Newer images: { $n }
containers-button-update = ⬆ Update…
containers-button-update-all = ⬆ Update { $n }…
containers-button-check = ↻ Ask now
containers-button-schedule = 🗓 Schedule
containers-task-updates = Ask for newer container images
containers-task-updates-begun = The registries are being asked.
containers-refused-checking = The registries are being asked already.
containers-refused-sweeping = Something is being cleared away already. Wait for its end.
containers-nothing-newer = Nothing newer is known for it.
containers-not-updated-stopped = Not updated: only a running container is. Start it first.
containers-not-updated-rm = Not updated: it removes itself when it ends (--rm), so there would be no way back.
containers-not-updated-pinned = Not updated: its image is fixed by a digest.
containers-not-updated-leftover = An update was interrupted: { $name } is the container before it, kept. Decide first: put it back, or remove it.
containers-not-updated-shared = Not updated: { $list } live in its network and would lose it.
containers-not-updated-compose = Compose said: { $why }
containers-done-updated = { $name } runs from the newer image, steady for 15 s.
containers-done-updated-healthy = { $name } runs from the newer image and is healthy.
containers-update-current = { $name } runs from the newest image already.
containers-update-done = { $name } runs from the newer image and is well.
containers-update-done-all = All { $n } run from newer images and are well.
containers-update-busy = { $name } is busy with what { $by } began.
containers-update-rolled-back = The newer { $name } did not hold. The one before is back and well.
containers-update-lost = The newer { $name } did not hold, and the one before did not come back.
containers-update-failed = { $name } was not updated.
containers-update-look = The screen of { $name } has its last words.
containers-not-rolled-back = { $why } The { $name } of before is back and well.
containers-not-rolled-back-badly = { $why } Then, going back: { $back }
containers-weigh-update = Its image is fetched anew; then it is made anew with the same settings. It is away for some seconds.
containers-weigh-update-back = If the new one is not well, the one before comes back.
containers-weigh-volumes-unlisted = The list is not at hand any more. Look at it again first; otherwise only what is unused in the same list goes.

# Clearing away
containers-sweeping = On it… { $what } for { $span }, by { $by }
containers-sweep-images = removing dangling images
containers-sweep-cache = removing the build cache
containers-sweep-containers = removing stopped containers
containers-sweep-networks = removing unused networks
containers-sweep-volumes = removing { $n } unused { $n ->
    [one] volume
   *[other] volumes
    }
containers-swept = { $ago } · by { $by }
containers-stock-map = 🗺 Picture
containers-map-title = What containers take of the disk: { $total }
containers-map-used = in use
containers-map-cache = Build cache
containers-sizes-ago = Sizes counted { $ago }
containers-compose-labels = Compose
containers-log-file-ready-cut = Ready: the newest { $size } of { $n } lines.
containers-log-file-ready = Ready: { $n } lines, { $size }.
containers-log-file-send = 📎 Send { $size }
containers-log-file-gone = This file is not at hand any more. Collect it again.
containers-toy-newer = The registry has a newer nginx:1.27
containers-toy-newer-bad = The registry has a newer vaultwarden that crashes
containers-toy-registry = The registry is unreachable

# The simulator's board
containers-toy-loop = demo-worker-1 crashes again and again
containers-toy-oom = shop-app-1 runs out of memory
containers-toy-sick = shop-web-1 is unhealthy
containers-toy-away = The container engine is not running
containers-toy-denied = The engine's socket is not allowed
containers-toy-hangs = The container engine hangs

# An update that was interrupted
containers-doing-put-back = putting back
containers-half-runs = The update of { $name } was interrupted: the newer one runs, the one before is kept as { $old }.
containers-half-kept = The update of { $name } was interrupted: the one before is kept as { $old } and does not run.
containers-half-stopped = The update of { $name } was interrupted when { $name } had just been stopped.
containers-half-mend = Put the one before back: it is as it was, with its volumes.
containers-half-decide = Nobody saw whether the newer one is well. Look at it, then keep one of the two.
containers-half-gone = { $name } is whole again: there is nothing to put back.
containers-done-put-back = The { $name } of before is back and well.
containers-button-put-back = ↩ Put the old one back
containers-button-remove-old = 🗑 Keep the newer, remove the old
containers-button-half = ✖ { $name }: half updated
containers-weigh-put-back = The one before comes back as it was. Volumes stay.
containers-weigh-put-back-runs = The newer one runs; it is stopped and removed, with what it wrote outside of volumes.
containers-doing-finish = finishing
containers-half-compose-unwell = The update of { $name } by Compose did not come to its end: the newer one runs and is not well.
containers-half-compose-down = The update of { $name } by Compose did not come to its end: it does not run.
containers-half-compose-gone = The update of { $name } by Compose did not come to its end: its container is gone.
containers-half-compose-mend = Finish it: Compose makes it from { $image } as it is here now. Or put it back: from the image of before. Volumes stay either way.
containers-button-finish = ▶ Finish
containers-weigh-compose-on = Compose makes { $service } from { $image } as it is here now, and its health is waited for.
containers-weigh-compose-back = { $image } is the image of before again, and Compose makes { $service } from that.
containers-weigh-compose-volumes = Volumes stay. The project's other services are left alone.
containers-update-noted = { $done } { $note }
containers-update-file-changed = The project's file says something else by now than { $service } was made with: it was made anew as it was, without Compose.
containers-update-file-unread = Compose could not say what the project's file says: { $why } It was made anew as it was, without Compose.
containers-button-let-go = ✓ Leave it as it is
containers-weigh-let-go = Nothing is touched. Cockpit forgets how the update of { $service } began, and no longer tells of it; the image of before may be cleared away.
containers-not-updated-not-noted = Not begun: how to go back could not be written down (see Cockpit's log). Nothing was touched.
containers-not-updated-unfinished = The last update of { $name } is still open: its screen says what can be done. One that runs well is whole again after half a minute.
containers-not-updated-no-compose = Compose is not here any more: neither docker compose nor docker-compose (containers.updates.compose).
containers-not-updated-image-gone = The image of before is not here any more: it was cleared away. Finish the update instead.
containers-project-waiting = ⬆ A newer image waits for: { $list }
