-- The log and everything derived from it. Plain SQL that SQLite and PostgreSQL both read.
CREATE TABLE entry (
    idx BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    branch TEXT,
    subject TEXT NOT NULL,
    bytes BLOB NOT NULL,
    leaf BLOB NOT NULL
);
CREATE INDEX entry_subject ON entry (subject, idx);

-- Personal data beside an entry; a row may be erased, the entry stays.
CREATE TABLE attachment (entry_id TEXT PRIMARY KEY, bytes BLOB NOT NULL);

-- One signed note per committed batch: feed answers end at these sizes.
CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, frontier BLOB NOT NULL, note TEXT NOT NULL);

-- State of customers, staff and terminals as JSON. Can be thrown away and rebuilt.
CREATE TABLE aggregate (subject TEXT PRIMARY KEY, version BIGINT NOT NULL, state TEXT NOT NULL);

-- Read tables. Can be thrown away and rebuilt; their indexes hold what one customer's rules can't see.
CREATE TABLE customer_number (
    branch TEXT NOT NULL,
    cif TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    PRIMARY KEY (branch, cif)
);
CREATE TABLE contract (number TEXT PRIMARY KEY, customer_id TEXT NOT NULL);
CREATE TABLE login_user (user_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, role TEXT NOT NULL);
CREATE TABLE receipt (receipt TEXT PRIMARY KEY, application_id TEXT NOT NULL UNIQUE, customer_id TEXT NOT NULL);
CREATE TABLE certificate (
    certificate_id TEXT PRIMARY KEY,
    granted_idx BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    contract TEXT NOT NULL,
    device_label TEXT NOT NULL,
    state TEXT NOT NULL,
    deadline TEXT NOT NULL,
    serial TEXT UNIQUE,
    key_sha256 TEXT UNIQUE,
    not_after TEXT,
    der TEXT
);
CREATE INDEX certificate_user ON certificate (user_id, granted_idx);
CREATE INDEX certificate_deadline ON certificate (state, deadline);
-- The invariant: per user ID at most one usable certificate and at most one successor, whatever races or crashes do.
CREATE UNIQUE INDEX certificate_one_usable ON certificate (user_id) WHERE state IN ('active', 'suspended');
CREATE UNIQUE INDEX certificate_one_successor ON certificate (user_id) WHERE state IN ('authorised', 'signed');
