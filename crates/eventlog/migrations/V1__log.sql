-- Every table leads with its log id: the shard and distribution key when one machine is outgrown.
-- Text keys are compared byte by byte ("C"), so that order never depends on a locale.

CREATE TABLE log_head (
    log_id           text COLLATE "C" PRIMARY KEY,
    last_seq         bigint NOT NULL CHECK (last_seq >= 0),
    fact_seq         bigint NOT NULL CHECK (fact_seq BETWEEN 0 AND last_seq),
    epoch            bigint NOT NULL,      -- raised by every new owner; the older one's writes miss
    last_recorded_at timestamptz NOT NULL
) WITH (fillfactor = 50);                  -- updated by every commit: leave room for it in the page

CREATE TABLE event (
    log_id      text COLLATE "C" NOT NULL,
    seq         bigint NOT NULL CHECK (seq > 0),
    stream      text COLLATE "C" NOT NULL,
    version     bigint NOT NULL CHECK (version > 0),
    kind        text NOT NULL,
    revision    int NOT NULL,
    body        text NOT NULL,             -- the exact text that is hashed, hence not jsonb
    fact_kind   text,
    fact        bytea,
    prev_fact   bigint NOT NULL,           -- seq of the log's previous fact, 0 before the first
    group_last  boolean NOT NULL,          -- last fact of its command: the only place to cut
    valid_on    date NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor       text NOT NULL,
    command_id  uuid NOT NULL,
    cause_log   text,
    cause_seq   bigint,
    trace       text,
    salt        bytea NOT NULL CHECK (length(salt) = 32),
    leaf_hash   bytea NOT NULL CHECK (length(leaf_hash) = 32),
    PRIMARY KEY (log_id, seq),
    UNIQUE (log_id, stream, version),
    CHECK ((fact IS NULL) = (fact_kind IS NULL))
);

CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of table event are never changed or deleted';
END $$;

CREATE TRIGGER event_is_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only();

CREATE TABLE command (
    log_id       text COLLATE "C" NOT NULL,
    command_id   uuid NOT NULL,
    content_hash bytea NOT NULL,           -- keyed: content may be guessable
    first_seq    bigint NOT NULL,
    last_seq     bigint NOT NULL,
    events       int NOT NULL,
    refusal      jsonb,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (log_id, command_id)
);

-- A projection's rows of a log are complete when `epoch` is the log's: its owner writes them.
CREATE TABLE projection (
    log_id  text COLLATE "C" NOT NULL,
    name    text NOT NULL,
    version int NOT NULL,
    epoch   bigint NOT NULL,
    PRIMARY KEY (log_id, name, version)
);

CREATE TABLE receipt (
    log_id   text COLLATE "C" NOT NULL,
    consumer text NOT NULL,
    seq      bigint NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (log_id, consumer)
);

CREATE TABLE parked (
    log_id   text COLLATE "C" NOT NULL,
    consumer text NOT NULL,
    seq      bigint NOT NULL,
    kind     text NOT NULL,
    error    text NOT NULL,
    since    timestamptz NOT NULL,
    attempts int NOT NULL,
    PRIMARY KEY (log_id, consumer)
);

CREATE TABLE relay_cursor (
    log_id      text COLLATE "C" PRIMARY KEY,
    seq         bigint NOT NULL,
    incarnation text NOT NULL              -- of the stream it was sent to: another one is refilled
);

CREATE TABLE checkpoint (
    log_id      text COLLATE "C" NOT NULL,
    size        bigint NOT NULL CHECK (size > 0),
    note        text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (log_id, size)
);
