-- Updates by Compose that have begun and did not come to a good end yet; JSON of src/subsystems/containers/begun.rs.

CREATE TABLE containers_begun (
    container TEXT PRIMARY KEY,
    begun TEXT NOT NULL CHECK (json_valid(begun))
) STRICT, WITHOUT ROWID;
