-- The line may be slow, cut or lying: acts show where they stand, and staff work a while without the centre.

-- Leaves in runs: a branch that comes late takes a million of them. 32 octets each, one after the other.
CREATE TABLE leaves (first INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
INSERT INTO leaves (first, hashes) SELECT idx, hash FROM leaf ORDER BY idx;
DROP TABLE leaf;

-- Entries and what is beside them, by their place in the log and by nothing else: they are only ever appended, and read
-- in order. What is looked for stands in the tables made from them.
CREATE TABLE entry_new (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
INSERT INTO entry_new (idx, bytes) SELECT idx, bytes FROM entry ORDER BY idx;
CREATE TABLE attachment_new (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
INSERT INTO attachment_new (idx, bytes)
SELECT e.idx, a.bytes FROM attachment a JOIN entry e ON e.id = a.entry_id ORDER BY e.idx;
DROP TABLE attachment;
DROP TABLE entry;
ALTER TABLE entry_new RENAME TO entry;
ALTER TABLE attachment_new RENAME TO attachment;

-- What a desk claimed of an application or a report, where it is worth saying: made off-line, or at another time than the
-- centre's. Made from the entries.
CREATE TABLE claim (id TEXT PRIMARY KEY, made_at TEXT NOT NULL, offline INTEGER NOT NULL);
-- Acts made off-line that wait for a supervisor. Made from the customers' states.
CREATE TABLE held (act TEXT PRIMARY KEY, customer_id TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX held_customer ON held (customer_id);

-- Of a stop: whose, so that every screen can say what is not in force.
ALTER TABLE outbox ADD COLUMN stop TEXT;
ALTER TABLE outbox ADD COLUMN offline INTEGER NOT NULL DEFAULT 0;
-- Where the centre put it: shown as done when the feed has passed that place.
ALTER TABLE outbox ADD COLUMN idx INTEGER;
-- What was done with a refusal, by whom and when; when an act was confirmed.
ALTER TABLE outbox ADD COLUMN dealt TEXT;
ALTER TABLE outbox ADD COLUMN dealt_by TEXT;
ALTER TABLE outbox ADD COLUMN settled_at TEXT;
CREATE INDEX outbox_customer ON outbox (customer_id);

-- Who may sign in without the centre, and how often that went wrong. Never left by a restart.
CREATE TABLE offline_staff (
    staff_id TEXT PRIMARY KEY,
    -- argon2id, PHC string.
    verifier TEXT NOT NULL,
    -- The session of the last sign-in at the centre, without its token.
    session TEXT NOT NULL,
    -- The centre's time of it.
    signed_in_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL
);
