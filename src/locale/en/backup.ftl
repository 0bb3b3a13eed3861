# Words of: backup
backup-crumb-cargo = Cargo
backup-crumb = Backups
backup-crumb-snapshots = Snapshots
backup-crumb-diff = Compared
backup-crumb-verify = Verify
backup-crumb-thin = Thin out
backup-crumb-size = Size
backup-crumb-restore = Restore
backup-away = Backups: this part of Cockpit is being restarted. Try again in a moment.
backup-reading = reading what is known of the plans…

# Overview
backup-no-plans = There is no backup plan yet.
backup-no-plans-mend = A plan is a [[backup.plans]] in the config file: what to save, where to, when. The shipped file shows one; /reload takes it up.
backup-no-such-plan = There is no plan { $plan } in the config.
backup-line = { $plan }: { $says }
backup-head-plan = plan
backup-head-last = age
backup-head-size = size
backup-word-never = never
backup-word-unproven = not proven yet
backup-good = backed up { $age }
backup-never = never backed up yet
backup-overdue = overdue since { $due }, last { $last }
backup-overdue-never = overdue since { $due }, never backed up yet
backup-overdue-only = overdue: due { $due }, and there was none
backup-failed = failed { $at }: { $why }
backup-cancelled = cancelled { $at }
backup-damaged = { $count ->
    [one] damage found in the repository { $at }
   *[other] { $count } damages found in the repository { $at }
}
backup-unproven = the last proof of restore failed
backup-warned-line = backed up { $age }, { $count ->
    [one] one file left out
   *[other] { $count } files left out
}
backup-glance = backed up { $age }
backup-glance-proven = backed up { $age } · restorable as of { $day }
backup-today = today
backup-proven-plan = { $plan } is restorable as of { $at }.

# One plan
backup-success = backed up { $age }, { $added } new
backup-left-out = { $count ->
    [one] One file could not be read and is not in it:
   *[other] { $count } files could not be read and are not in it:
}
backup-looking = looking at the repository…
backup-held-line = { $what } waits until the repository is free
backup-held = waits until the repository is free
backup-not-held = It was to wait until the repository is free, and could not be written down: { $why }
backup-lock-runs = in use by { $who } since { $since }
backup-lock-gone = locked by { $who } since { $since }, whose process is gone
backup-lock-unknown = locked by { $who } since { $since }; whether it still works, cannot be seen from here
backup-lock-gone-mend = A leftover of something that was killed. Cockpit removes it before its next job here; an owner can do it now.
backup-lock-unknown-mend = If that machine is backing up right now, let it. Only if it surely is not, an owner can unlock.
backup-pair-next = Next
backup-pair-proven = Restorable
backup-pair-size = Size
backup-pair-held = Holds
backup-pair-snapshots = Snapshots
backup-pair-check = Checked
backup-pair-engine = Engine
backup-pair-where = Where
backup-pair-paths = Saves
backup-next-unplanned = when asked
backup-next-now = due since { $since }
backup-next-overdue = overdue since { $since }
backup-button-run = ▶ Back up now
backup-button-look = 🔭 Look again
backup-button-snapshots = 📚 Snapshots
backup-button-verify = 🔍 Verify
backup-button-thin = 🧹 Thin out
backup-button-size = 📈 Size
backup-button-unlock = 🔓 Unlock
backup-button-initialise = ✨ Set up the repository
backup-button-job = 🧰 Show the job

# Snapshots
backup-snapshots = { $count ->
    [one] One snapshot, { $oldest }.
   *[other] { $count } snapshots, the oldest { $oldest }.
}
backup-no-snapshots = There is no snapshot in it yet.
backup-no-snapshots-of-plan = There is no snapshot of this plan in it yet.
backup-snapshots-all = All of the repository, whoever made them.
backup-snapshots-others = { $count ->
    [one] One more in this repository is not of this plan.
   *[other] { $count } more in this repository are not of this plan.
}
backup-button-all = 📚 Show all of the repository
backup-button-own = 📚 Only those of { $plan }
backup-not-listed = The snapshots have not been listed yet: the repository was not to be had.
backup-no-such-snapshot = Snapshot { $snapshot } is not in the repository (any more).
backup-snapshot-gone = This snapshot is not in the repository (any more).
backup-pair-made = Made
backup-pair-id = Id
backup-pair-name = Name
backup-pair-host = Host
backup-pair-tags = Tags
backup-pair-holds = Holds
backup-pair-files = Files
backup-button-browse = 📂 Look inside, restore
backup-button-diff = ⇄ With the one before
backup-button-with = ⇄ With another…
backup-button-forget = 🗑 Forget it
backup-with = Compare with which one?
backup-between = From { $old } to { $new }
backup-not-compared = These two have not been compared yet. The engine reads both lists of files for it.
backup-button-compare = ⇄ Compare
backup-same = Nothing differs.
backup-diff-cut = The first { $shown } of { $all }.
backup-pair-added = Added
backup-pair-changed = Changed
backup-pair-removed = Removed

# Retention
backup-keep = { $rule ->
    [last] the last { $count }
    [hourly] { $count } hourly
    [daily] { $count } daily
    [weekly] { $count } weekly
    [monthly] { $count } monthly
   *[yearly] { $count } yearly
}
backup-keeps-all = This plan keeps every snapshot.
backup-keeps-all-mend = How many to keep is said by `retention` in its plan.
backup-why = { $rule ->
    [last] last
    [hourly] hourly
    [daily] daily
    [weekly] weekly
    [monthly] monthly
    [yearly] yearly
   *[within] recent
}
backup-keeps = Keeps { $rules }.
backup-would = As of { $at }: { $removed ->
    [one] one would go (-)
   *[other] { $removed } would go (-)
}, { $kept ->
    [one] one stays (=)
   *[other] { $kept } stay (=)
}.
backup-button-rehearse = 👁 What would go?
backup-button-thin-now = 🧹 Remove { $removed } now
backup-button-prune = ♻ Give back unused space

# Verify
backup-never-checked = This repository has never been checked from here.
backup-sound = sound: { $says }
backup-read-structure = structure
backup-read-part = structure and part { $part } of { $of } of the data
backup-read-timed = checksums, as far as the time allowed
backup-read-everything = every byte
backup-next-part = The next check with data reads part { $part } of { $of }.
backup-round = Begun anew { $at }.
backup-never-proven = It has never been proven that this can be restored.
backup-proof-line = { $files ->
    [one] one file
   *[other] { $files } files
} ({ $size }) came back as saved, proven { $at } from the snapshot of { $of }
backup-proof-bad = proof of restore failed { $at }:
backup-proven = Restorable as of { $at }.
backup-check-mend = Do not remove any snapshot now. Look at the repository’s disk, back up once more to another place, and repair with the engine’s own tools.
backup-button-structure = 🔍 Structure
backup-button-data = 🔬 With data
backup-button-prove = 🧪 Prove a restore

# Size
backup-size-now = { $size } now.
backup-size-since = { $by } since { $since }.
backup-size-unknown = Its size has not been measured yet; the next backup does it.
backup-size-held = The snapshots hold { $size } together.
backup-size-snapshots = { $count } snapshots.
backup-chart = { $plan }: size of the repository

# Inside a snapshot
backup-browse = { $folder } as it was { $at }
backup-folder-empty = Nothing in here.
backup-folder-of = { $number ->
    [one] One entry. Tick what is to be restored.
   *[other] { $count } entries. Tick what is to be restored.
}
backup-no-index = Borg cannot list one folder alone. Its list of all files is made once for this snapshot, and kept.
backup-indexing = listing this snapshot…
backup-button-index = 📇 List it
backup-button-where = ⏪ Restore { $count } ticked…
backup-picked-max = { $count } is all that can be ticked at once. Tick a folder for more.
backup-not-saved = No plan saves { $path }.
backup-latest-which = Several plans save { $path }. Which one’s newest snapshot?
backup-latest-none = { $path } is not in the newest snapshot, of { $at }.
backup-latest-none-mend = It may be newer than that, left out by one of the plan’s patterns, or an older snapshot may hold it.
backup-button-folder = 📂 Its folder in that snapshot
backup-where = Restore from { $at }:
backup-where-says = To its old place, next to what is there, or elsewhere? It is restored aside first and moved when it is whole.
backup-nothing-picked = Nothing is ticked.
backup-restore-owner = Only an owner can restore: a snapshot holds files of everybody.
backup-button-keep = 📥 To its old place, keep what is there
backup-button-beside = 📥 …beside what is there
backup-button-replace = 📥 …over what is there
backup-button-under = 📂 To a new folder in { $root }
backup-button-chat = 📤 To this chat
backup-no-such-root = { $root } is not one of the storage’s folders.
backup-chat-caption = From a backup of { $plan }
backup-picked-weight = Ticked: { $size }.
backup-picked-unknown = How much is in the ticked folders, the engine tells only when it looks.
backup-picked-at-least = Ticked: { $size } and what is in the folders.
backup-chat-takes = This chat takes files up to { $most }; several things and folders go as one archive.
backup-chat-takes-not = This chat takes files up to { $most }: that is too much for it.
backup-chat-sending = { $name } ({ $size }) is out of the backup and on its way to the chat.
backup-chat-sent = { $size } sent.
backup-chat-empty = { $name } is empty, and Telegram takes no empty files.
backup-chat-too-large = { $size } is too much for the chat, which takes { $most }.
backup-chat-mend = Tick less, or restore it to a storage folder.

# Requests
backup-runs-already = { $what } runs already.
backup-busy = Not now: { $what } is at work on this repository. One thing at a time; this is how far it is.

# Questions
backup-weigh-initialise = A new, encrypted repository is made at { $at }. Without its password nobody can ever read it: keep that somewhere else, too.
backup-weigh-unlock-gone = Its process is gone on this very machine: nothing works with the repository.
backup-weigh-unlock = If another machine is at work on it right now, the repository can be damaged.
backup-weigh-thin = { $removed ->
    [one] One snapshot is
   *[other] { $removed } snapshots are
} removed for ever, { $kept ->
    [one] one stays
   *[other] { $kept } stay
}.
backup-weigh-thin-unknown = Nobody has looked yet what would be removed.
backup-weigh-prune = What no snapshot needs is removed. The repository is busy until then.
backup-weigh-forget = Snapshot { $snapshot } is removed for ever. The others stay whole.
backup-weigh-keep = { $count ->
    [one] One ticked thing goes
   *[other] { $count } ticked things go
} back to the old place. What is there stays as it is.
backup-weigh-replace = { $count ->
    [one] One ticked thing goes
   *[other] { $count } ticked things go
} back to the old place, over what is there now. What is there now is lost.
backup-weigh-beside = { $count ->
    [one] One ticked thing goes
   *[other] { $count } ticked things go
} back beside what is there, under another name.

# What jobs came to
backup-task = 💾 Backup { $plan }
backup-task-check = 🔍 Check { $plan }
backup-task-proof = 🧪 Proof of restore { $plan }
backup-task-thin = 🧹 Thin out { $plan }
backup-done = { $added } new of { $size } in { $files ->
    [one] one file
   *[other] { $files } files
}.
backup-warned = { $count ->
    [one] Saved, but one file could not be read and is not in it:
   *[other] Saved, but { $count } files could not be read and are not in it:
} { $names }
backup-no-snapshot = The engine made no snapshot.
backup-no-snapshot-mend = Look into its log: none of the paths could be read.
backup-after-failed = Saved, but the hook after it failed: { $why }
backup-hook-failed = { $hook ->
    [before] The hook before the backup failed, so nothing was backed up: { $why }
   *[after] The hook after the backup failed: { $why }
}
backup-hook-late = it did not end in time
backup-hook-mend = Run it by hand on the server; its words are in the job’s log.
backup-initialised = The repository at { $at } is ready.
backup-unlocked = The lock is gone.
backup-unlock-runs = Not unlocked: { $who } works with it right now.
backup-unlock-runs-mend = Wait until it is done, or end that process first.
backup-rehearsed = { $removed } would go, { $kept } stay.
backup-thinned = { $removed } removed, { $kept } stay.
backup-thinned-freed = { $removed } removed, { $kept } stay, { $freed } given back.
backup-pruned = { $freed } given back.
backup-forgotten = Snapshot { $snapshot } is gone.
backup-compared = { $added } added, { $changed } changed, { $removed } removed.
backup-indexed = { $count } entries listed.
backup-check-structure = Its structure is sound.
backup-check-part = Its structure is sound, and so is part { $part } of { $of } of its data.
backup-check-timed = Its checksums are sound, as far as the time allowed.
backup-check-everything = Every byte of it is sound.
backup-check-damaged = { $count ->
    [one] Damage found: { $first }
   *[other] { $count } damages found, the first: { $first }
}
backup-nothing-to-prove = There is no snapshot to restore from.
backup-nothing-to-prove-mend = Back up first.
backup-proof-no-files = The newest snapshot has no file that could be tried.
backup-proof-failed = { $count ->
    [one] A file did not come back as it was saved: { $name }: { $why }
   *[other] { $count } files did not come back as they were saved, the first: { $name }: { $why }
}
backup-wrong-size = its size is not the one that was saved
backup-wrong-content = its content is not that of the file in place
backup-wrong-short = it ends too early
backup-wrong-read = “{ $why }”
backup-proof-done = { $files ->
    [one] One file
   *[other] { $files } files
} ({ $size }) came back as saved{ $compared ->
    [0] .
   *[other] ; { $compared } compared byte by byte with what is in place.
}
backup-restored = { $files ->
    [one] One file
   *[other] { $files } files
} ({ $size }) restored; { $replaced } replaced, { $beside } put beside, { $kept } left out as they are there.
backup-restored-to = { $files ->
    [one] One file
   *[other] { $files } files
} ({ $size }) restored to { $place }
backup-restored-partly = { $files ->
    [one] One file
   *[other] { $files } files
} ({ $size }) restored, { $count } not: { $names }
backup-restored-simulated = { $files ->
    [one] One file
   *[other] { $files } files
} ({ $size }) restored (simulated)
backup-restore-no-room = Nothing can be written at { $at }: { $why }
backup-restore-no-room-mend = Restore to a storage folder instead, or let Cockpit write there (its service may protect the system).
backup-verb-restore = ⏪ Restore
