-- Halves of temporary passwords that wait for the second person of head office (hashes). Outside the log, in the backup, never on
-- a desk, not rebuilt.
CREATE TABLE staff_half (staff_id TEXT COLLATE "C" PRIMARY KEY, password_hash TEXT COLLATE "C" NOT NULL);
