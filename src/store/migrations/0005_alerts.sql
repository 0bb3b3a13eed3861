-- Warnings, living and past. facts is JSON. version > told: not yet handed over for delivery.
create table alerts (
    id          integer primary key,
    kind        text not null,
    subject     text not null,
    severity    text not null,
    facts       text not null check (json_valid(facts)),
    raised_ms   integer not null,
    changed_ms  integer not null,
    resolved_ms integer,
    how         text,
    times       integer not null,
    part        integer not null,
    version     integer not null,
    told        integer not null default 0
) strict;
create unique index alerts_living on alerts (kind, subject) where resolved_ms is null;
create index alerts_past on alerts (resolved_ms) where resolved_ms is not null;
