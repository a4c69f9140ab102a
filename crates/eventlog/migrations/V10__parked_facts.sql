-- The facts of the parked command that were tried together and could not be applied: any of them
-- may be at fault. What was passed over before is none of them. NULL in rows of programs that did
-- not note it.
ALTER TABLE parked ADD COLUMN facts bigint[];
