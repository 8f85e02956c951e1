-- Whoever writes events updates this row first and so has it until the transaction ends: sequences become visible in their order.
CREATE TABLE tandem.counter (
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    last_sequence bigint NOT NULL, -- never given twice, whatever is deleted
    events        bigint NOT NULL
) WITH (fillfactor = 10);          -- new versions of the row find place in its page
INSERT INTO tandem.counter VALUES (true, 0, 0);

CREATE TABLE tandem.device (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app text COLLATE "C" NOT NULL,
    id  text COLLATE "C" NOT NULL,
    UNIQUE (app, id)
);

CREATE TABLE tandem.item (
    key  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE
);

-- Columns in the order that leaves no holes between them.
CREATE TABLE tandem.event (
    sequence bigint PRIMARY KEY,
    time     bigint NOT NULL,           -- Unix seconds, as the device says
    received bigint NOT NULL,           -- Unix seconds by the service's clock
    device   integer NOT NULL,          -- device.key
    item     integer NOT NULL,          -- item.key
    value    real NOT NULL,
    id       text COLLATE "C" NOT NULL,
    UNIQUE (device, id)
);
CREATE INDEX event_device ON tandem.event (device, sequence);

CREATE TABLE tandem.api_key (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id      text COLLATE "C" NOT NULL UNIQUE,
    app     text COLLATE "C" NOT NULL,
    scope   text COLLATE "C" NOT NULL,
    hash    bytea NOT NULL UNIQUE,
    created bigint NOT NULL,
    expires bigint
);
