# Words of: transfers
transfers-crumb = 🚚 Files
transfers-unknown = These files are no longer known here. Send them again.
transfers-sum = { $files } files, { $size }
transfers-more = and { $count } more
transfers-clash = { $count } of these names are in { $to } already:
transfers-where = Where should it go?
transfers-no-spot = No folder can be written to at the moment: each is read-only or does not answer.
transfers-spot = 💾 Save to { $place }
transfers-spot-full = ▲ { $place }: only { $free } free
transfers-free = { $free } free
transfers-button-other = 📁 Another folder
transfers-button-decline = ✕ Not here
transfers-button-up = ‹ Up
transfers-button-folder = 📂 Open the folder
transfers-button-again = ↻ Try again
transfers-waits = waiting for its turn…
transfers-in = In { $place }
transfers-saved-as = { $name } is saved as { $saved }: the name was taken
transfers-not-wanted = { $name }: not saved
transfers-all = { $done } of { $all } saved

transfers-saved = { $files } { $files ->
    [one] file
   *[other] files
}, { $size }, in { $place }
transfers-some-failed = { $saved } saved, { $failed } not: { $why }

transfers-too-many = { $max } files wait already. Say where those go first.
transfers-not-noted = It cannot be noted. { $why }
transfers-away = This part of Cockpit is just being restarted. Try again in a moment.
transfers-nothing-waits = Nothing of it waits any more.
transfers-store-away = Transfers cannot be looked up.
transfers-no-place = It was not said where to. Send it again.
transfers-gone = Telegram no longer has this file for Cockpit. Send it again.
transfers-not-all = Only { $got } of it arrived, so nothing of it was kept. Try again.
transfers-inside = Cockpit itself stumbled over it; its log says how. Try again.

transfers-empty = The file is empty, and Telegram takes no empty files.
transfers-too-large = It is { $size }; Telegram takes at most { $max } from a bot
transfers-far-too-large = It is { $size }; at { $max } each that would be more than 99 volumes
transfers-changed = It was written to while it was sent: what arrived is a mixture. Send it again.
transfers-sent = { $size }, sha256 { $sum }
transfers-sent-volumes = { $size } in { $count } volumes, sha256 { $sum }
transfers-volume = { $name }: volume { $number } of { $of }
transfers-join = Put all volumes of { $name } into one folder and run there:

    { $command }

    sha256 { $sum }
transfers-join-caption = How to put the volumes together, with the checksum

transfers-how-folder = { $name } goes as one archive (tar.zst). Links stay links; devices, pipes and other disks are left out. If it is over { $max }, it comes in numbered volumes.
transfers-how-volumes = { $name } is { $size }; Telegram takes at most { $max } from a bot. It can go in { $count } numbered volumes, with their checksum and the command that puts them together.
transfers-how-local = A local Bot API server (telegram.api_url) takes up to 1.9 GiB at once.
transfers-how-file = { $name }, { $size }
transfers-button-archive = 📦 Pack and send
transfers-button-volumes = 📤 Send { $count } volumes
transfers-button-send = 📤 Send
transfers-button-download = 📥 Download
transfers-verb-save = 💾 Save
