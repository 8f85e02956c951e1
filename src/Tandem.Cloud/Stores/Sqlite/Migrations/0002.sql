-- What devices were given while they were in experiments.
CREATE TABLE exposure (
    key      INTEGER PRIMARY KEY,
    device   INTEGER NOT NULL,  -- device.key
    after    INTEGER NOT NULL,  -- sequence of the last event that was kept before it
    received INTEGER NOT NULL,  -- Unix seconds by the service's clock
    model    TEXT,              -- of the list; null where none was given
    arms     TEXT NOT NULL,     -- JSON: experiment, arm, propensity
    items    BLOB NOT NULL      -- four bytes for each listed item
);
CREATE INDEX exposure_device ON exposure (device);

-- Items that an app has none of at present.
CREATE TABLE unavailable (
    app  TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (app, item)
) WITHOUT ROWID;
