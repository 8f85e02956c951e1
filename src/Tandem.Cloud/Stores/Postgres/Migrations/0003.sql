-- What devices were given while they were in experiments.
CREATE TABLE tandem.exposure (
    key      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    after    bigint NOT NULL,           -- sequence of the last event that was kept before it
    received bigint NOT NULL,           -- Unix seconds by the service's clock
    device   integer NOT NULL,          -- device.key
    model    text COLLATE "C",          -- of the list; null where none was given
    arms     text COLLATE "C" NOT NULL, -- JSON: experiment, arm, propensity
    items    bytea NOT NULL             -- four bytes for each listed item
);
CREATE INDEX exposure_device ON tandem.exposure (device);

-- Items that an app has none of at present.
CREATE TABLE tandem.unavailable (
    app  text COLLATE "C" NOT NULL,
    item text COLLATE "C" NOT NULL,
    PRIMARY KEY (app, item)
);
