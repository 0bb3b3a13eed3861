-- What the Telegram side must know after a restart. Times are UTC milliseconds.

-- Messages that are living screens. The gateway writes what they show, once Telegram has them also where.
create table tg_bubbles (
    slot        integer primary key,
    chat        integer not null,
    message     integer,
    kind        text check (kind in ('text', 'photo')),
    print       blob,
    art         blob,
    sent_ms     integer,
    view        text not null check (json_valid(view)),
    caller      text not null check (json_valid(caller)),
    -- Stands above the screen until the next tap.
    head        text,
    -- Redrawn by itself until then.
    lease_ms    integer,
    -- A question that ends by itself then.
    question_ms integer,
    used_ms     integer not null
) strict;
create index tg_bubbles_by_chat on tg_bubbles (chat, message);
create index tg_bubbles_by_use on tg_bubbles (used_ms);

-- Notices, one row for each incident and chat. version > sent_version: not delivered yet.
create table tg_notices (
    id           integer primary key autoincrement,
    chat         integer not null,
    key          text not null,
    screen       text not null check (json_valid(screen)),
    reader       text not null check (json_valid(reader)),
    view         text check (view is null or json_valid(view)),
    loud         integer not null,
    made_ms      integer not null,
    version      integer not null,
    sent_version integer not null default 0,
    message      integer,
    kind         text check (kind in ('text', 'photo')),
    print        blob,
    art          blob,
    sent_ms      integer,
    unique (chat, key)
) strict;
create index tg_notices_waiting on tg_notices (id) where version > sent_version;

-- Typed answers that are waited for.
create table tg_prompts (
    chat    integer not null,
    pilot   integer not null,
    hole    text not null check (json_valid(hole)),
    slot    integer not null,
    ends_ms integer not null,
    primary key (chat, pilot)
) strict, without rowid;

-- Who was told once that this is not for them.
create table tg_strangers (
    person     integer primary key,
    told_ms    integer not null,
    audited_ms integer not null,
    seen_ms    integer not null
) strict;

-- Which commands menu each person was given where.
create table tg_menus (
    chat  integer not null,
    pilot integer not null,
    print blob not null,
    primary key (chat, pilot)
) strict, without rowid;

-- Updates that were handed over, so that one delivered twice is handled once.
create table tg_updates (
    update_id integer primary key,
    seen_ms   integer not null
) strict;
create index tg_updates_by_time on tg_updates (seen_ms);
