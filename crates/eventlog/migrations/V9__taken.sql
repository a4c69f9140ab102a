-- Which fact a receipt stands for: an owner that came back from an older backup gives its positions
-- to other facts, and only the leaf hash tells them from those that were taken in.
CREATE TABLE taken (
    log_id    text COLLATE "C" NOT NULL,
    consumer  text NOT NULL,
    seq       bigint NOT NULL,
    leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
    PRIMARY KEY (log_id, consumer)
);
