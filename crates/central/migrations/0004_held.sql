-- A right or certificate that was stopped by a report of a loss.
ALTER TABLE certificate ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
