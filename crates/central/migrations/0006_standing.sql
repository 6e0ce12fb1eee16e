-- What a relying party is told (OCSP, CRL): RFC 5280 CRLReason, since when, and from when on it must not be trusted. NULL: good,
-- or never signed.
ALTER TABLE certificate ADD COLUMN stop_reason BIGINT;
ALTER TABLE certificate ADD COLUMN stopped_ms BIGINT;
ALTER TABLE certificate ADD COLUMN invalid_from_ms BIGINT;
-- Certificates that were stopped before these columns were there must not become good by that.
UPDATE certificate SET stop_reason = 6, stopped_ms = 0 WHERE serial IS NOT NULL AND state IN ('signed', 'suspended');
UPDATE certificate SET stop_reason = 5, stopped_ms = 0
WHERE serial IS NOT NULL AND state IN ('revoked', 'lapsed', 'cancelled');
CREATE INDEX certificate_stopped ON certificate (serial) WHERE stop_reason IS NOT NULL;

-- The number of the last CRL of an issuer (outside the log: a CRL is derived, its number only has to rise).
CREATE TABLE crl_number (issuer TEXT PRIMARY KEY, number BIGINT NOT NULL);
