-- Halves of temporary passwords that wait for the second person of head office (hashes). Outside the log, in the backup, never on
-- a desk, not rebuilt.
CREATE TABLE staff_half (staff_id TEXT PRIMARY KEY, password_hash TEXT NOT NULL);
