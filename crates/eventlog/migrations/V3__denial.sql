-- Calls that were not let in, counted by hour. They belong to no log: they are this database's own.
-- No token stands here. How many rows an hour may hold, and for how long, is eventlog's denial.rs.

CREATE TABLE denial (
    hour   timestamptz NOT NULL,
    actor  text COLLATE "C" NOT NULL,      -- empty: the token belonged to nobody
    peer   text COLLATE "C" NOT NULL,
    rpc    text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    count  bigint NOT NULL CHECK (count > 0),
    first  timestamptz NOT NULL,
    last   timestamptz NOT NULL,
    PRIMARY KEY (hour, actor, peer, rpc, reason)
);
