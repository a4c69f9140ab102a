-- Whose data a key seals, and which keys were destroyed.

-- The subject is the stream that the sealed text belongs to, or the key's own name for somebody
-- who is erased alone. What was sealed before belongs to the stream whose event names it; so does
-- what a program of the first release, still running beside this one, seals without a subject.
ALTER TABLE keys.vault_key ADD COLUMN subject text COLLATE "C" NOT NULL DEFAULT '';

UPDATE keys.vault_key k SET subject = named.stream
FROM (
    SELECT stream, (regexp_matches(body,
        '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g'))[1] AS person
    FROM event
) named
WHERE named.person = k.person;

CREATE INDEX vault_key_subject ON keys.vault_key (subject);

-- Samples that the planner keeps would outlive the rows they were taken from.
ALTER TABLE keys.vault_key ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE keys.secret ALTER COLUMN value SET STATISTICS 0;
ALTER TABLE vault.item ALTER COLUMN nonce SET STATISTICS 0, ALTER COLUMN sealed SET STATISTICS 0;

-- A row for every destroyed key, and one whose person is the subject itself: nothing is sealed
-- for that subject any more.
CREATE TABLE vault.erasure (
    person    text COLLATE "C" PRIMARY KEY,
    subject   text COLLATE "C" NOT NULL,
    erased_at timestamptz NOT NULL
);
