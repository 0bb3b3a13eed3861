-- Files that pilots sent, from the question where to put them until they lie there.

CREATE TABLE transfer_in (
    id INTEGER PRIMARY KEY,
    -- Sent together, asked about together.
    batch INTEGER NOT NULL,
    chat INTEGER NOT NULL,
    pilot INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    -- What Telegram is asked for to get it.
    reference TEXT NOT NULL,
    -- As it is to be called: one harmless name, in the text form of src/domain/place.rs.
    name TEXT NOT NULL,
    -- As Telegram told it; null where it did not.
    bytes INTEGER,
    -- offered, queued, done, failed, cancelled
    state TEXT NOT NULL,
    -- The folder it goes to, once said, and who said so (JSON).
    place TEXT,
    asked_by TEXT,
    -- What it is called there: another name where its own was taken.
    saved TEXT,
    -- JSON of a phrase: how it ended, where that needs words.
    said TEXT
) STRICT;

CREATE INDEX transfer_in_batch ON transfer_in (batch);
CREATE INDEX transfer_in_state ON transfer_in (state);
CREATE INDEX transfer_in_chat ON transfer_in (chat, id);
