-- Backups: what is known of each plan, its snapshots, sizes over time, and what is inside snapshots that were looked
-- into. A plan is known by its name in the config.

CREATE TABLE backup_plan (
    plan TEXT PRIMARY KEY,
    -- JSON of `Facts` in src/subsystems/backup/plan.rs.
    facts TEXT NOT NULL CHECK (json_valid(facts))
) STRICT;

-- The listing of a plan's repository as it was read last.
CREATE TABLE backup_snapshot (
    plan TEXT NOT NULL,
    id TEXT NOT NULL,
    -- Unix time, seconds.
    at_s INTEGER NOT NULL,
    -- JSON of `Held` in src/subsystems/backup/store.rs.
    snapshot TEXT NOT NULL CHECK (json_valid(snapshot)),
    PRIMARY KEY (plan, id)
) STRICT, WITHOUT ROWID;

-- One row each time the size was asked for.
CREATE TABLE backup_size (
    plan TEXT NOT NULL,
    at_s INTEGER NOT NULL,
    -- Bytes on the repository's disk.
    stored INTEGER NOT NULL,
    PRIMARY KEY (plan, at_s)
) STRICT, WITHOUT ROWID;

-- What was found by a comparison or a rehearsal of thinning out, to be read page by page.
CREATE TABLE backup_found (
    plan TEXT NOT NULL,
    -- "thin", or "diff OLD NEW".
    what TEXT NOT NULL,
    at_s INTEGER NOT NULL,
    found TEXT NOT NULL CHECK (json_valid(found)),
    PRIMARY KEY (plan, what)
) STRICT, WITHOUT ROWID;

-- Folders of snapshots that were listed, and what lies in them.
CREATE TABLE backup_folder (
    folder INTEGER PRIMARY KEY,
    plan TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    path BLOB NOT NULL,
    listed_s INTEGER NOT NULL,
    -- 0 while it is being listed: what is there then is not all.
    whole INTEGER NOT NULL,
    UNIQUE (plan, snapshot, path)
) STRICT;

CREATE TABLE backup_entry (
    folder INTEGER NOT NULL,
    -- folder, file, link, other: 0 to 3.
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    size INTEGER,
    modified_s INTEGER,
    PRIMARY KEY (folder, kind, name)
) STRICT, WITHOUT ROWID;

-- Snapshots of which everything was listed.
CREATE TABLE backup_index (
    plan TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    at_s INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (plan, snapshot)
) STRICT, WITHOUT ROWID;
