-- The branch's copy: what the feed brought, and everything derived from it.
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE leaf (idx INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE entry (idx INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL);
CREATE TABLE attachment (entry_id TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE customer (customer_id TEXT PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE staff (staff_id TEXT PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE terminal (terminal_id TEXT PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE application (
    application_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_at TEXT NOT NULL
);
CREATE INDEX application_state ON application (state, submitted_at);
CREATE INDEX application_customer ON application (customer_id);
CREATE TABLE certificate (
    certificate_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    application_id TEXT NOT NULL,
    state TEXT NOT NULL,
    slips INTEGER NOT NULL,
    handed_over INTEGER NOT NULL
);
CREATE INDEX certificate_state ON certificate (state);
CREATE INDEX certificate_customer ON certificate (customer_id);
CREATE INDEX certificate_application ON certificate (application_id);
-- Every suffix of a name's search key, so that a part of it is found by a range of the index.
CREATE TABLE term (term TEXT NOT NULL, customer_id TEXT NOT NULL, kind TEXT NOT NULL, shown TEXT NOT NULL);
CREATE INDEX term_text ON term (term, customer_id);
CREATE INDEX term_customer ON term (customer_id);

-- What only this desk knows. The outbox is never thrown away.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    command_id TEXT NOT NULL UNIQUE,
    customer_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    token TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    error TEXT
);
CREATE INDEX outbox_state ON outbox (state, seq);
CREATE TABLE draft (
    application_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    form TEXT NOT NULL
);
