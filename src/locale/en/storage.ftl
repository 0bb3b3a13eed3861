# Words of: storage
storage-crumb-cargo = Cargo
storage-crumb = Files
storage-door = 🗄 Files
storage-away = Files: this part of Cockpit is just being restarted. Try again in a moment.
storage-busy = Several requests wait for a disk that does not answer. Look for a disk or network mount that hangs.
storage-late = The disk did not answer in 20 s. It may be spinning up, or hang; what was asked may still be carried out.

# Roots
storage-no-roots = No folder is opened for browsing yet. Name some in the config:
storage-root-fault = { $name }: { $why }
storage-free = { $free } free
storage-disk = Disk

# A folder
storage-empty = empty
storage-folders = { $n ->
    [one] 1 folder
   *[other] { $shown } folders
}
storage-files = { $n ->
    [one] 1 file
   *[other] { $shown } files
}
storage-hidden-count = { $shown } hidden
storage-left-out = { $n } more are in this folder than can be sorted and paged.
storage-note-read-only = Read-only by the config.
storage-sort-name = Name
storage-sort-size = Size
storage-sort-time = Time
storage-show = + hidden
storage-hide = − hidden
storage-button-details = ⋯ Details
storage-button-new-folder = ➕ Folder

# One file
storage-kind-folder = folder
storage-kind-file = file
storage-kind-link = symbolic link
storage-kind-block = block device
storage-kind-char = character device
storage-kind-pipe = pipe
storage-kind-socket = socket
storage-kind-unknown = unknown
storage-exact-size = { $size } ({ $bytes } bytes)
storage-pair-kind = Kind
storage-pair-size = Size
storage-pair-on-disk = On disk
storage-pair-modified = Changed
storage-pair-born = Made
storage-pair-mode = Rights
storage-pair-owner = Owner
storage-pair-links = Names
storage-sizes-as-of = Folder sizes as measured { $ago }.
storage-pair-holds = Holds
storage-not-measured = not measured
storage-holds = { $size } in { $n ->
    [one] 1 file
   *[other] { $files } files
}, measured { $ago }
storage-button-measure = 📐 Measure
storage-button-usage = 📊 Usage
storage-button-latest = 💾 Latest version in the backup
storage-link-says = Points to
storage-link-out = That leads out of this root, or nowhere: it is not followed.
storage-note-special = Devices, pipes and sockets are never opened.
storage-note-no-room = The disk is full: there is no room left even for the trash. What is deleted here is gone for good, and frees its room.
storage-note-mount = Another filesystem is mounted here: it cannot be renamed, moved or deleted.
storage-button-open = 📂 Open
storage-button-follow = 🔗 Go where it points
storage-button-rename = ✏ Rename
storage-ask-rename = What shall “{ $name }” be called?
storage-ask-rename-hint = The new name, with its ending; now { $name }
storage-ask-folder = A new folder in “{ $at }”. What shall it be called?
storage-ask-folder-hint = The folder's name, such as Invoices 2026
storage-name-empty = That is no name. Write at least one letter.
storage-name-slash = A name cannot hold a slash.
storage-name-dots = “.” and “..” cannot be names.
storage-name-long = That is too long: at most 255 bytes.

# What can be in the way
storage-fault-no-root = There is no such root in the config (any more). /files lists those there are.
storage-fault-root-away = The root's folder cannot be opened: { $why }. Is its disk mounted?
storage-fault-read-only = This root is read-only by the config (read_only = true): nothing is changed here.
storage-fault-silent = It does not answer: its disk or server is asleep, or hangs. Try again in a moment.
storage-fault-gone = It is not there any more. Go back and look again.
storage-fault-changed = Something else stands there now than what you saw, so nothing was done. Look again.
storage-fault-guarded = This is Cockpit's own: it cannot be opened here.
storage-fault-not-folder = This is no folder.
storage-fault-not-file = This is no regular file: it is not opened.
storage-fault-link = A symbolic link is in the way: links are not followed. Go to the place it points to.
storage-fault-exists = Something of this name is there already. Choose another one.
storage-fault-denied = Cockpit may not do that: the rights of the file or folder do not allow it to the user it runs as.
storage-fault-full = The disk is full. 📊 Usage shows what fills it.
storage-fault-full-free = The disk is full: { $free } are free. 📊 Usage shows what fills it.
storage-fault-other-disk = That is on another filesystem.
storage-fault-mount-point = A filesystem is mounted there, or it is in use as one: it is left alone.
storage-fault-is-root = The root itself cannot be changed.
storage-fault-into-itself = A folder cannot go into itself, or this filesystem cannot rename safely.
storage-fault-too-long = The name or path would be too long. Choose a shorter one.
storage-fault-filesystem-read-only = The filesystem is read-only; after an error of the disk Linux makes it so. Look at the kernel's log: journalctl -k -p err
storage-fault-differs = The copy does not read as the original: it was removed, the original is untouched. Check the disk.
storage-fault-damaged = This entry of the trash cannot be read.
storage-fault-stopped = Stopped.
storage-fault-other = The system says: { $why }. If it stays so, look at the kernel's log: journalctl -k -p err
storage-fault-special = It holds devices, pipes or sockets, which cannot be moved to another filesystem. Move what else is in it.
storage-fault-too-deep = Its folders are nested deeper than 256 levels.

# Looking into files
storage-kind-empty = empty file
storage-kind-text = text, { $encoding }
storage-kind-image = { $format } picture
storage-kind-binary-known = { $format } data
storage-kind-binary = binary data
storage-button-view = 👁 View
storage-button-picture = 🖼 Show
storage-text-empty = There is nothing in it.
storage-text-encoding = Read as { $encoding }.
storage-text-damaged = Read as { $encoding }; some bytes are no text in it.
storage-no-photo = Telegram takes no picture of this size as a photo (10 MB, sides of 10,000 pixels together). As a file it goes.

# Changing
storage-button-note = 📝 Note
storage-ask-note = A text file in “{ $at }”. Write its text.
storage-ask-note-hint = A first line such as todo.txt names it; else it is named after the moment
storage-button-roots = 🗄 Other roots
storage-button-move = 📦 Move
storage-button-copy = 📄 Copy
storage-button-checksum = 🔑 Checksum
storage-button-archive = 🗜 Archive
storage-button-cancel = ✕ Cancel
storage-button-move-here = 📦 Move here
storage-button-copy-here = 📄 Copy here
storage-pick-move = Move “{ $name }”. Where to?
storage-pick-copy = Copy “{ $name }”. Where to?
storage-pick-to = To: { $place }
storage-pick-no-folders = No folders in here.
storage-already-here = It is in this folder now. Pick another one.
storage-clash = “{ $name }” is in { $to } already.
storage-clash-note = Replace moves the old one to the trash.
storage-button-keep-both = Keep both
storage-button-replace = Replace

# Deleting
storage-crumb-trash = Trash
storage-button-trash = 🗑 Trash
storage-button-delete = 🗑 Delete
storage-button-for-good = ✖ Delete for good
storage-button-restore = ↩ Restore
storage-button-empty = 🗑 Empty the trash
storage-button-to-folder = 📂 { $name }
storage-trash-empty = The trash is empty.
storage-trash-holds = { $n ->
    [one] 1 thing
   *[other] { $shown } things
} in the trash: { $files } files, { $size }.
storage-trash-rule = Emptied at night: what is older than { $keep }, and the oldest beyond { $size }.
storage-in-trash = In the trash.
storage-at-least = at least
storage-pair-was-in = Was in
storage-pair-files = Files
storage-pair-deleted = Deleted
storage-pair-by = By
storage-restore-clash = { $place } is taken: something else stands there now.
storage-weigh-late = How much that is could not be counted in time.
storage-weigh-file = 1 file, { $size }
storage-weigh-files = { $n ->
    [one] 1 file
   *[other] { $files } files
}, { $size }
storage-weigh-at-least = at least { $files } files and { $size }; not all could be counted in time
storage-weigh-kept = It goes to the trash and can be restored for { $span }.
storage-weigh-for-good = For good: it cannot be restored.

# What jobs say at their end
storage-did-copy = { $files ->
    [one] 1 file
   *[other] { $files } files
}, { $size }, now at { $path }
storage-did-delete = { $files ->
    [one] 1 file
   *[other] { $files } files
} deleted, { $size } given back
storage-did-sweep-partly = { $files } files deleted, { $size } given back; { $failed } could not be deleted, see the log
storage-did-checksum = SHA-256 { $hex }
storage-did-archive = { $path }: { $size } from { $whole }; { $left_out } left out
storage-task-trash = Empty the trash of old files
