-- The epochs that the log entered while this desk followed it, and what it has to send back of the one before.
CREATE TABLE epoch (
    epoch INTEGER PRIMARY KEY,
    -- The epoch this desk was in before, and the place from which the log goes on.
    former INTEGER NOT NULL,
    size INTEGER NOT NULL,
    -- What this desk had seen of the former one, with the signed note.
    seen INTEGER NOT NULL,
    note TEXT NOT NULL,
    -- 0: still to be sent back, 1: the centre has it, 2: the centre refused it.
    sent INTEGER NOT NULL DEFAULT 0,
    -- The recovery is over: what has not come back is lost.
    ended INTEGER NOT NULL DEFAULT 0
);
-- What this desk had seen beyond that place, by the epoch that cut it off. What came back goes when the
-- recovery is over.
CREATE TABLE orphan (
    epoch INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    id TEXT,
    bytes BLOB,
    attachment BLOB,
    -- An act on a customer: somebody would miss it.
    matters INTEGER NOT NULL DEFAULT 0,
    -- It stands in the new epoch.
    back INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (epoch, idx)
);
CREATE INDEX orphan_id ON orphan (id) WHERE id IS NOT NULL;
