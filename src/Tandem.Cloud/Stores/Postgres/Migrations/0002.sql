-- Which silos there are, as Orleans' membership protocol wants it: each change of a cluster's table raises its version by one.
CREATE TABLE tandem.cluster (
    name    text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL
);

CREATE TABLE tandem.silo (
    cluster text COLLATE "C" NOT NULL REFERENCES tandem.cluster ON DELETE CASCADE,
    address text COLLATE "C" NOT NULL,
    etag    integer NOT NULL,
    alive   timestamptz NOT NULL,
    entry   jsonb NOT NULL,
    PRIMARY KEY (cluster, address)
);
