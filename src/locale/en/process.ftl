# Words of: process (programs that Cockpit starts)
process-missing = { $program } is not installed.
process-not-allowed = Cockpit may not start { $program }.
process-no-folder = { $program } needs the folder { $folder }, which is not there.
process-start = { $program } could not be started: { $why }.
process-io = Lost touch with { $program }: { $why }.
process-out-of-time = { $program } did not end within { $limit } and was stopped.
process-too-much = { $program } wrote more than { $size } and was stopped.
process-failed = { $program } gave up ({ $exit }): { $words }
process-failed-silent = { $program } gave up ({ $exit }) without a word.
process-hint-install = Install it on the server: apt install { $package }
process-hint-missing = Install { $program } on the server, or put it in PATH.
process-hint-not-allowed = See who may run it: ls -l $(command -v { $program })
process-hint-no-folder = Make the folder, or name another: mkdir -p { $folder }
process-hint-start = Look at the server's load and free memory, then try again.
process-hint-out-of-time = Try again. If it stays so, what it waits for hangs: a disk, the network, a lock.
process-hint-too-much = Ask for less: fewer lines, a shorter time.
process-hint-failed = Its own words say why.
