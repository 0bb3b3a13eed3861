-- What a registry said of a container's image when it was asked last; JSON of src/subsystems/containers/updates.rs.

CREATE TABLE containers_update (
    container TEXT PRIMARY KEY,
    verdict TEXT NOT NULL CHECK (json_valid(verdict))
) STRICT, WITHOUT ROWID;
