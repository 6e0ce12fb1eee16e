-- What the jobs of the centre look for: contracts that end on a day, certificates whose validity or grace is over.
ALTER TABLE contract ADD COLUMN closing_on TEXT;
ALTER TABLE contract ADD COLUMN closed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN grace_over BIGINT NOT NULL DEFAULT 0;
CREATE INDEX contract_closing ON contract (closing_on) WHERE closing_on IS NOT NULL AND closed = 0;
CREATE INDEX certificate_end ON certificate (not_after) WHERE state IN ('active', 'suspended');
CREATE INDEX certificate_grace ON certificate (not_after) WHERE state = 'expired' AND grace_over = 0;
