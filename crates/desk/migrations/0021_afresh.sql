-- A replica that was fetched again brings the epochs along that the one before went through, with what it set aside. They count
-- from where the log is held here once more.
ALTER TABLE epoch ADD COLUMN held INTEGER NOT NULL DEFAULT 1;
