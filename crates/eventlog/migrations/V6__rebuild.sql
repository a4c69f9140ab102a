-- Up to which fact a mirror holds a source log; complete where that is the receipt.
CREATE TABLE mirror (
    log_id  text COLLATE "C" NOT NULL,
    name    text NOT NULL,
    version int NOT NULL,
    seq     bigint NOT NULL,
    PRIMARY KEY (log_id, name, version)
);

-- The mirrors of before were written with every receipt.
INSERT INTO mirror (log_id, name, version, seq)
SELECT r.log_id, m.parts[1], m.parts[2]::int, max(r.seq)
FROM pg_tables t
CROSS JOIN LATERAL regexp_match(t.tablename, '^m_(.+)_v([0-9]+)$') m(parts)
CROSS JOIN receipt r
WHERE t.schemaname = current_schema() AND m.parts IS NOT NULL
GROUP BY r.log_id, m.parts;

-- Acts that are done and whose event is still to be appended: written in the same transaction as
-- the act, gone when the upkeep log has the event.
CREATE TABLE upkeep_due (
    command_id uuid PRIMARY KEY,
    stream_key text NOT NULL,
    command    jsonb NOT NULL,
    actor      text NOT NULL,
    trace      text,
    content    bytea NOT NULL
);

-- When the last fact was taken in; NULL until the next one.
ALTER TABLE receipt ADD COLUMN taken_at timestamptz;
