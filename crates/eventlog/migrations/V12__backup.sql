-- When this database was last saved as a whole. It is left out of what is saved: a restored database
-- was not saved yet.
CREATE TABLE backup (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    taken_at timestamptz NOT NULL
);
