-- The form of the database on PostgreSQL, as the migrations of SQLite leave it: same tables, columns and names of indexes (a
-- test compares them). Text is compared octet by octet ("C"), as SQLite does: dates, serials and paging depend on it.

-- The log and everything derived from it.
CREATE TABLE entry (
    idx BIGINT PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    branch TEXT COLLATE "C",
    subject TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    leaf BYTEA NOT NULL
);
CREATE INDEX entry_subject ON entry (subject, idx);

-- Personal data beside an entry; a row may be erased, the entry stays.
CREATE TABLE attachment (entry_id TEXT COLLATE "C" PRIMARY KEY, bytes BYTEA NOT NULL);

-- One signed note per committed batch: feed answers end at these sizes.
CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, frontier BYTEA NOT NULL, note TEXT COLLATE "C" NOT NULL);

-- State of customers, staff and terminals as JSON. Can be thrown away and rebuilt.
CREATE TABLE aggregate (
    subject TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL
);

-- Read tables. Can be thrown away and rebuilt; their indexes hold what one customer's rules can't see.
CREATE TABLE customer_number (
    branch TEXT COLLATE "C" NOT NULL,
    cif TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (branch, cif)
);
CREATE TABLE contract (
    number TEXT COLLATE "C" PRIMARY KEY,
    customer_id TEXT COLLATE "C" NOT NULL,
    closing_on TEXT COLLATE "C",
    closed BIGINT NOT NULL DEFAULT 0,
    opened_on TEXT COLLATE "C"
);
CREATE INDEX contract_closing ON contract (closing_on) WHERE closing_on IS NOT NULL AND closed = 0;
CREATE TABLE login_user (
    user_id TEXT COLLATE "C" PRIMARY KEY,
    customer_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL
);
CREATE TABLE receipt (
    receipt TEXT COLLATE "C" PRIMARY KEY,
    application_id TEXT COLLATE "C" NOT NULL UNIQUE,
    customer_id TEXT COLLATE "C" NOT NULL
);
CREATE TABLE certificate (
    certificate_id TEXT COLLATE "C" PRIMARY KEY,
    granted_idx BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    contract TEXT COLLATE "C" NOT NULL,
    device_label TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    deadline TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" UNIQUE,
    key_sha256 TEXT COLLATE "C" UNIQUE,
    not_after TEXT COLLATE "C",
    der TEXT COLLATE "C",
    -- A right or certificate that was stopped by a report of a loss.
    held BIGINT NOT NULL DEFAULT 0,
    -- What a relying party is told (OCSP, CRL): RFC 5280 CRLReason, since when, and from when on it must not be trusted.
    -- NULL: good, or never signed.
    stop_reason BIGINT,
    stopped_ms BIGINT,
    invalid_from_ms BIGINT,
    grace_over BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX certificate_user ON certificate (user_id, granted_idx);
CREATE INDEX certificate_deadline ON certificate (deadline) WHERE state IN ('authorised', 'signed');
-- The invariant: per user ID at most one usable certificate and at most one successor, whatever races or crashes do.
CREATE UNIQUE INDEX certificate_one_usable ON certificate (user_id) WHERE state IN ('active', 'suspended');
CREATE UNIQUE INDEX certificate_one_successor ON certificate (user_id) WHERE state IN ('authorised', 'signed');
CREATE INDEX certificate_stopped ON certificate (serial) WHERE stop_reason IS NOT NULL;
CREATE INDEX certificate_end ON certificate (not_after) WHERE state IN ('active', 'suspended');
CREATE INDEX certificate_grace ON certificate (not_after) WHERE state = 'expired' AND grace_over = 0;

-- What is not in the log: first answers, secrets, counters. In the backup, never on a desk, not rebuilt.

-- The first answer to every command of a terminal, so that sending it again gives the same.
CREATE TABLE outcome (
    id TEXT COLLATE "C" PRIMARY KEY,
    request_sha256 TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL
);
CREATE TABLE staff_secret (
    staff_id TEXT COLLATE "C" PRIMARY KEY,
    password_hash TEXT COLLATE "C" NOT NULL,
    tries BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL
);
CREATE TABLE session (
    session_id TEXT COLLATE "C" PRIMARY KEY,
    token_sha256 TEXT COLLATE "C" NOT NULL UNIQUE,
    staff_id TEXT COLLATE "C" NOT NULL,
    terminal_id TEXT COLLATE "C" NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX session_expires ON session (expires_ms);
CREATE TABLE invitation (
    code_sha256 TEXT COLLATE "C" PRIMARY KEY,
    terminal_id TEXT COLLATE "C" NOT NULL UNIQUE,
    expires_ms BIGINT NOT NULL,
    certificate BYTEA
);
-- HMAC of the SHA-256 of the pickup code in force.
CREATE TABLE pickup_code (certificate_id TEXT COLLATE "C" PRIMARY KEY, hmac BYTEA NOT NULL);
-- Wrong codes, by user ID and address: nobody locks another's pickup by guessing.
CREATE TABLE pickup_try (
    user_id TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    tries BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, address)
);
-- What is about to be signed, committed before it is signed (so that nothing signed is ever unknown).
CREATE TABLE signing_intent (
    certificate_id TEXT COLLATE "C" PRIMARY KEY,
    serial TEXT COLLATE "C" NOT NULL UNIQUE,
    key_sha256 TEXT COLLATE "C" NOT NULL UNIQUE,
    not_before_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL
);
-- Intents that a newly printed slip ended. What may have been signed stays known, and its serial is never drawn again.
CREATE TABLE ended_intent (
    serial TEXT COLLATE "C" PRIMARY KEY,
    certificate_id TEXT COLLATE "C" NOT NULL,
    key_sha256 TEXT COLLATE "C" NOT NULL,
    not_before_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL
);
-- The number of the last CRL of an issuer (outside the log: a CRL is derived, its number only has to rise).
CREATE TABLE crl_number (issuer TEXT COLLATE "C" PRIMARY KEY, number BIGINT NOT NULL);
-- Mails to customers. Outside the log (the log says what happened; this says who was told), in the backup, never on a
-- desk, not rebuilt. An id names the entry or certificate and what is said about it, so nothing is said twice.
CREATE TABLE mail (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    -- Personal data; NULL once it was forgotten, or where the customer has no address.
    recipient TEXT COLLATE "C",
    subject TEXT COLLATE "C",
    body TEXT COLLATE "C",
    -- waiting, sent, failed, no_address
    state TEXT COLLATE "C" NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    made_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    sent_ms BIGINT,
    -- What the server said last.
    error TEXT COLLATE "C"
);
CREATE INDEX mail_due ON mail (next_ms) WHERE state = 'waiting';
CREATE INDEX mail_sent ON mail (sent_ms) WHERE state = 'sent' AND body IS NOT NULL;

-- What instances hand over to the one that writes, until it is answered. Only on a server: a file has one process. Nothing of it
-- outlives a crash of the server (whoever waits asks again), so it costs no flush and stays out of the write-ahead log.
CREATE UNLOGGED TABLE handover (
    id TEXT COLLATE "C" PRIMARY KEY,
    instance TEXT COLLATE "C" NOT NULL,
    work TEXT COLLATE "C" NOT NULL,
    -- When it was handed over, and the instances' stamp: on the work, then on the answer.
    at_ms BIGINT NOT NULL,
    mac BYTEA NOT NULL,
    -- It was under way when a connection was lost: whether it happened is found out first.
    again BOOLEAN NOT NULL DEFAULT FALSE,
    made_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    answer TEXT COLLATE "C",
    -- Entries of the log after it was done.
    size BIGINT
);
CREATE INDEX handover_asked ON handover (id) WHERE answer IS NULL;
