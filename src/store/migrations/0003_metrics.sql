-- History of the machine: one wide row per minute and per quarter of an hour.
-- `spans` is documented in src/subsystems/metrics/rows.rs; `slot` is a series' place in it.

CREATE TABLE metrics_series (
    slot INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Unix time of the last hour in which it had a value. A slot is given to another name only after every row
    -- that may hold this one's values is gone.
    seen INTEGER NOT NULL
) STRICT;

CREATE TABLE metrics_minute (
    -- Unix time, seconds, of the minute's start.
    t INTEGER PRIMARY KEY,
    spans BLOB NOT NULL
) STRICT;

CREATE TABLE metrics_quarter (
    t INTEGER PRIMARY KEY,
    spans BLOB NOT NULL
) STRICT;
