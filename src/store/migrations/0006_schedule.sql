-- What runs by itself. considered_ms: due times up to there were handled; plan: the plan and zone it belongs to.
create table schedule_tasks (
    task          text primary key,
    considered_ms integer not null,
    plan          text not null,
    pause         text check (json_valid(pause))
) strict, without rowid;

-- The history. reason and result are JSON; without an end: it runs, or ran when Cockpit went away.
create table schedule_runs (
    id         integer primary key,
    task       text not null,
    reason     text not null check (json_valid(reason)),
    started_ms integer not null,
    ended_ms   integer,
    job        integer,
    result     text not null check (json_valid(result))
) strict;
create index schedule_runs_by_task on schedule_runs (task, id);
create index schedule_runs_open on schedule_runs (id) where ended_ms is null;
