-- What is not in the log: first answers, secrets, counters. In the backup, never on a desk, not rebuilt.

-- The first answer to every command of a terminal, so that sending it again gives the same.
CREATE TABLE outcome (id TEXT PRIMARY KEY, request_sha256 TEXT NOT NULL, answer TEXT NOT NULL);

CREATE TABLE staff_secret (
    staff_id TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    tries BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL
);
CREATE TABLE session (
    session_id TEXT PRIMARY KEY,
    token_sha256 TEXT NOT NULL UNIQUE,
    staff_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE TABLE invitation (
    code_sha256 TEXT PRIMARY KEY,
    terminal_id TEXT NOT NULL UNIQUE,
    expires_ms BIGINT NOT NULL,
    certificate BLOB
);
-- HMAC of the SHA-256 of the pickup code in force.
CREATE TABLE pickup_code (certificate_id TEXT PRIMARY KEY, hmac BLOB NOT NULL);
-- Wrong codes, by user ID and address: nobody locks another's pickup by guessing.
CREATE TABLE pickup_try (
    user_id TEXT NOT NULL,
    address TEXT NOT NULL,
    tries BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, address)
);
-- What is about to be signed, committed before it is signed (so that nothing signed is ever unknown).
CREATE TABLE signing_intent (
    certificate_id TEXT PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    key_sha256 TEXT NOT NULL UNIQUE,
    not_before_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL
);
