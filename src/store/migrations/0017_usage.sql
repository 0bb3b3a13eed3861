-- Scans of what eats the disk: one row each, with its sums; the newest of a folder also with their trees.

CREATE TABLE usage_scan (
    id INTEGER PRIMARY KEY,
    -- The root's name and the path below it, as the filesystem has it; empty for the root itself.
    root TEXT NOT NULL,
    path BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    -- Allocated bytes, as du counts them.
    bytes INTEGER NOT NULL,
    files INTEGER NOT NULL,
    folders INTEGER NOT NULL,
    -- Packed by src/subsystems/storage/usage/packed.rs; null once newer ones of this folder are kept.
    digest BLOB
) STRICT;

CREATE INDEX usage_scan_place ON usage_scan (root, path, at_ms);
