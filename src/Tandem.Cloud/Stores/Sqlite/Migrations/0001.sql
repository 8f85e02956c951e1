-- Whole numbers of SQLite take 1 to 8 bytes as needed, so keys stand for texts wherever these repeat.

CREATE TABLE counter (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    last_sequence INTEGER NOT NULL, -- never given twice, whatever is deleted
    events        INTEGER NOT NULL,
    erasing       INTEGER NOT NULL  -- 1 where bytes of what was deleted may still be in the file
);
INSERT INTO counter VALUES (1, 0, 0, 0);

CREATE TABLE device (
    key INTEGER PRIMARY KEY,
    app TEXT NOT NULL,
    id  TEXT NOT NULL,
    UNIQUE (app, id)
);

CREATE TABLE item (
    key  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    device   INTEGER NOT NULL,  -- device.key
    id       NOT NULL,          -- text; a UUID in small letters is a blob of its 16 bytes
    item     INTEGER NOT NULL,  -- item.key
    time     INTEGER NOT NULL,  -- Unix seconds, as the device says
    value    REAL NOT NULL,
    received INTEGER NOT NULL   -- Unix seconds by the service's clock
);
CREATE UNIQUE INDEX event_id ON event (device, id);
CREATE INDEX event_device ON event (device); -- and by sequence, which ends every entry

CREATE TABLE api_key (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE,
    app     TEXT NOT NULL,
    scope   TEXT NOT NULL,
    hash    BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    expires INTEGER
);
