# Words of: disk usage
usage-crumb = 📊 Usage
usage-door = 📊 Usage

usage-done = { $size } in { $files } files, { $folders } folders
usage-done-unreadable = { $size } in { $files } files; { $closed } { $closed ->
    [one] folder
   *[other] folders
} could not be read
usage-failed = The folder cannot be measured: { $why }
usage-not-kept = Measured, but the result cannot be kept. { $why }
usage-away = What was measured cannot be looked up at the moment.

usage-no-roots = No folder is configured for files. Name one under [storage] roots in cockpit.toml.
usage-unmeasured = never measured

usage-never = Not measured yet.
usage-never-note = Measuring walks through everything in here at the lowest priority. It reads no file, follows no link and stays on this disk.
usage-again = measuring again, { $figure } files so far
usage-last-failed = The last try came to nothing.

usage-sum = { $size } in { $figure } { $files ->
    [one] file
   *[other] files
}
usage-age = Measured { $ago }, took { $took }.
usage-unreadable = { $count } { $count ->
    [one] folder
   *[other] folders
} could not be read and { $count ->
    [one] is
   *[other] are
} not in it
usage-mounts = { $count } { $count ->
    [one] other disk is
   *[other] other disks are
} mounted in here and not counted.
usage-trashed = { $size } of it lie in the trash.
usage-own = { $name }/ (Cockpit)
usage-trend = Trend
usage-history = { $change } in { $since }

usage-files-here = files here
usage-files-and-small = files + { $folders } small
usage-files = The biggest files; age since last touched.
usage-no-files = No file in here is among the 100 biggest of what was measured.
usage-untouched = Big files nobody has touched for long; age since last touched.
usage-none-untouched = None of the big files in here is among the 100 longest untouched.
usage-kinds-whole = Of all that was measured: { $folder }.
usage-kind-none = no ending
usage-first = There is nothing to compare with yet: measure it again some time.
usage-grown = { $change } since the scan { $since } before.
usage-none-grown = Nothing in here has grown.
usage-new = ＋ { $name }
usage-today = today
usage-days = { $n } d
usage-months = { $n } mo
usage-years = { $n } y

usage-title-files = Biggest files: { $place }
usage-title-untouched = Long untouched: { $place }
usage-title-kinds = Kinds of file: { $place }
usage-title-grown = Grown: { $place }

usage-tab-folders = 📁 Folders
usage-tab-files = 🐘 Biggest files
usage-tab-kinds = 🏷 Kinds
usage-tab-untouched = 🕸 Untouched
usage-tab-grown = 📈 Grown

usage-button-measure = 📐 Measure now
usage-button-browse = 🗂 Browse
usage-button-job = 🧰 Show the job
