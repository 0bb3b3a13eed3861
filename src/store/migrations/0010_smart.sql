-- Health of disks. A disk is known by its serial number, whatever letter it gets.

CREATE TABLE smart_disk (
    disk TEXT PRIMARY KEY,
    -- Device file when it was read last.
    device TEXT NOT NULL,
    -- Unix time, seconds, of its last report and what it said, JSON of src/subsystems/smart/report.rs.
    at_s INTEGER NOT NULL,
    report TEXT NOT NULL CHECK (json_valid(report)),
    -- The last verdict: good, watch, replace; null while unknown.
    grade TEXT
) STRICT;

-- What a disk counts, for "was 2 last week": a row when a count changes, and one a day.
CREATE TABLE smart_count (
    disk TEXT NOT NULL,
    at_s INTEGER NOT NULL,
    reallocated INTEGER,
    pending INTEGER,
    uncorrectable INTEGER,
    reported INTEGER,
    crc INTEGER,
    media INTEGER,
    used_percent INTEGER,
    spare_percent INTEGER,
    hours INTEGER,
    PRIMARY KEY (disk, at_s)
) STRICT, WITHOUT ROWID;
