-- Long tasks, running and past. title, asked_by, outcome and progress are JSON. Without an end: it runs, or ran when
-- Cockpit went away.
create table jobs (
    id              integer primary key autoincrement,
    key             text,
    title           text not null check (json_valid(title)),
    asked_by        text not null check (json_valid(asked_by)),
    started_ms      integer not null,
    seen_ms         integer not null,
    ended_ms        integer,
    outcome         text check (json_valid(outcome)),
    progress        text not null default '{}' check (json_valid(progress)),
    log             text not null default '',
    -- The program at work for it: these three together never come twice.
    pid             integer,
    pid_start_ticks integer,
    boot_id         text
) strict;
create unique index jobs_of_key on jobs (key) where ended_ms is null;
create index jobs_unfinished on jobs (id) where ended_ms is null;
