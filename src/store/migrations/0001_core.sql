-- What every part of Cockpit stands on. Times are UTC milliseconds: datetime(x / 1000, 'unixepoch') shows them.

-- Small values that belong to no table: keys, cursors, counters.
create table kv (
    key   text primary key,
    value any not null
) strict, without rowid;

-- What pilots changed by button, laid over the config file. Values are JSON.
create table settings (
    key       text primary key,
    value     text not null check (json_valid(value)),
    set_by    integer not null,
    set_at_ms integer not null
) strict, without rowid;

-- Whatever is temporary and must end by itself, also when the daemon was down at that moment. At most one of a kind
-- on a subject. The row stays until its owner has really ended it.
create table leases (
    id         integer primary key autoincrement,
    kind       text not null,
    subject    text not null,
    granted_by integer,
    granted_ms integer not null,
    ends_ms    integer not null,
    data       text not null default 'null' check (json_valid(data)),
    unique (kind, subject)
) strict;
create index leases_by_end on leases (ends_ms);

-- Questions that wait for their yes. Only a hash of the nonce is kept: the file gives no permission.
create table nonces (
    hash       blob primary key check (length(hash) = 32),
    pilot      integer not null,
    chat       integer not null,
    act        text not null,
    expires_ms integer not null,
    used_ms    integer
) strict, without rowid;
create index nonces_by_expiry on nonces (expires_ms);

-- Telegram updates that were acted on, so that a redelivered one is not acted on again.
create table updates (
    update_id integer primary key,
    seen_ms   integer not null
) strict;
create index updates_by_time on updates (seen_ms);

-- Texts too long for a button, under a keyed hash of their content.
create table tokens (
    token   text primary key,
    body    text not null,
    used_ms integer not null
) strict, without rowid;
create index tokens_by_use on tokens (used_ms);
