-- Intents that a newly printed slip ended. What may have been signed stays known, and its serial is never drawn again.
CREATE TABLE ended_intent (
    serial TEXT PRIMARY KEY,
    certificate_id TEXT NOT NULL,
    key_sha256 TEXT NOT NULL,
    not_before_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL
);
CREATE INDEX session_expires ON session (expires_ms);
