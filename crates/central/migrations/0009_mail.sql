-- Mails to customers. Outside the log (the log says what happened; this says who was told), in the backup, never on a
-- desk, not rebuilt. An id names the entry or certificate and what is said about it, so nothing is said twice.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    -- Personal data; NULL once it was forgotten, or where the customer has no address.
    recipient TEXT,
    subject TEXT,
    body TEXT,
    -- waiting, sent, failed, no_address
    state TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    made_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    sent_ms BIGINT,
    -- What the server said last.
    error TEXT
);
CREATE INDEX mail_due ON mail (next_ms) WHERE state = 'waiting';
CREATE INDEX mail_sent ON mail (sent_ms) WHERE state = 'sent' AND body IS NOT NULL;
