# The processes.
processes-crumb = Processes
processes-crumb-search = "{ $words }"
processes-crumb-groups = by service
processes-away = The list of processes is not answering; it comes back by itself. Try again in a moment, or look at /crew.

processes-head = { $n } processes, { $cpu } of { $cores ->
    [one] 1 core
   *[other] { $cores } cores
}
processes-found = { $n } of { $all } processes
processes-none-found = None is called so.
processes-io-hidden = { $n } more belong to others: their disk use may not be read by this user.
processes-sort-io = Disk I/O
processes-name = Name
processes-read = read
processes-written = written
processes-group = Service
processes-door-groups = 🧩 By service
processes-door-all = All processes
processes-search-hint = Type a name, a user, a service, a pid or a port (:80) to search, for example: nginx
processes-container = { $name } (container)
processes-sessions = sessions of user { $user }
processes-no-owner = no service
processes-kernel = the kernel

# One process
processes-cpu-now-and-all = { $cpu } % now, { $all } in all
processes-io-rates = r { $read } w { $written } { $unit }/s
processes-of = Of
processes-user = User
processes-age = Runs for
processes-threads = Threads
processes-threads-short = { $n } threads
processes-threads-nice = { $n }, nice { $nice }
processes-files = Open files
processes-files-of = { $open } of { $max }
processes-not-allowed-to-look = not for this user
processes-ports = Waits on
processes-port-local = { $port } (local)
processes-parents = Started by
processes-cgroup = Group
processes-children = Its children: { $list }
processes-door-unit = 🧩 { $unit }
processes-state-running = running
processes-state-sleeping = sleeping until there is work
processes-state-disk = waits for a disk and can't be interrupted
processes-state-stopped = paused
processes-state-zombie = has ended; its parent has not noticed yet
processes-state-idle = idle
processes-state-other = state { $state }
processes-gone = There is no process { $pid }.

# Signals
processes-term = ■ End (TERM)
processes-kill = ✖ Kill (KILL)
processes-hup = ↻ HUP
processes-stop = ⏸ Pause
processes-cont = ▶ Go on
processes-sent = { $signal } sent { $age } ago
processes-waiting = { $signal } sent { $age } ago, waiting for it to end
processes-lives-on = { $signal } sent { $age } ago, it still lives
processes-ended-after = ended { $seconds } s after { $signal }
processes-ended = ended after { $signal }
processes-not-a-pid = "{ $text }" is not a pid. Send its number, for example: 1234
processes-refused-init = PID 1 runs everything else: without it the machine stops. Use a restart of the machine instead.
processes-refused-kernel = { $pid } is a thread of the kernel: signals don't reach it.
processes-refused-own = That is Cockpit itself. Stop it with systemctl, or restart a part of it on /crew.
processes-refused-gone = Process { $pid } of that screen has ended, so nothing was sent. Another one may have its number by now.
processes-refused-not-allowed = This user may not signal { $pid }: it belongs to somebody else. Cockpit would have to run as root.
processes-refused-too-old = This kernel can't hold on to a process safely; Linux 5.3 or newer can. Nothing was sent.
processes-refused-failed = The kernel said no: { $why }
processes-weigh-who = of { $owner }, runs for { $age }
processes-weigh-ports = waits on { $ports }
processes-weigh-children = { $n ->
    [one] has 1 child process
   *[other] has { $n } child processes
}
processes-weigh-unit = { $unit } may start it again
processes-weigh-own = Cockpit itself was started by it and may end too
processes-weigh-kill = it gets no chance to tidy up: data not written yet is lost
processes-weigh-hup = services read their files again, other programs end
processes-weigh-stop = it does nothing at all until it is told to go on
