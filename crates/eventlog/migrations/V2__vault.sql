-- Personal data stands here and nowhere else, sealed under a key per person. Keys live in a schema
-- of their own, to be granted and backed up apart: destroying a key erases its person.

CREATE SCHEMA keys;
CREATE SCHEMA vault;

CREATE TABLE keys.secret (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE keys.vault_key (
    person text COLLATE "C" PRIMARY KEY,
    key    bytea NOT NULL CHECK (length(key) = 32)
);

CREATE TABLE vault.item (
    person text COLLATE "C" NOT NULL,
    field  text COLLATE "C" NOT NULL,
    nonce  bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (person, field)
);
