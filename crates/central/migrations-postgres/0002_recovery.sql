-- What desks send back after a restore (outside the log until it is appended, in the backup, never on another desk).

-- One row for each terminal that reports to an opened epoch: what it had seen of the former one, how far it was sent, the
-- right edge of the tree so far.
CREATE TABLE recovery_report (
    epoch BIGINT NOT NULL,
    terminal_id TEXT COLLATE "C" NOT NULL,
    former BIGINT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    next BIGINT NOT NULL,
    frontier BYTEA NOT NULL,
    done BIGINT NOT NULL,
    PRIMARY KEY (epoch, terminal_id)
);
-- Entries of a report that is not finished: nothing is known of them before the last leaf.
CREATE TABLE recovery_piece (
    terminal_id TEXT COLLATE "C" NOT NULL,
    idx BIGINT NOT NULL,
    leaf BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    attachment BYTEA,
    PRIMARY KEY (terminal_id, idx)
);
-- Entries under a head that this centre's own key had signed.
CREATE TABLE recovered_entry (
    former BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    leaf BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    attachment BYTEA,
    PRIMARY KEY (former, idx)
);
