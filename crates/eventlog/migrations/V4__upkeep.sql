-- Last fact of the parked command: any fact from seq to upto may be the one at fault. NULL in rows
-- of programs that did not know it: then only seq is.
ALTER TABLE parked ADD COLUMN upto bigint;
