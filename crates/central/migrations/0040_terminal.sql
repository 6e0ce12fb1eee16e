-- What terminals tell of themselves, and the newest certificate of each. Outside the log (the log says who was enrolled and
-- renewed; this says when somebody was heard last), in the backup, not rebuilt.
CREATE TABLE terminal_contact (
    terminal_id TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    -- Version of the desk's program.
    version TEXT NOT NULL,
    -- Acts that wait there, acts that were refused and not dealt with, and drafts.
    waiting BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    drafts BIGINT NOT NULL
);
-- The first answer to a terminal that asks for another certificate, so that asking again gives the same.
CREATE TABLE terminal_certificate (
    terminal_id TEXT PRIMARY KEY,
    certificate BLOB NOT NULL,
    not_before_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL
);
-- Mails that failed for good are counted for whoever watches.
CREATE INDEX mail_failed ON mail (made_ms) WHERE state = 'failed';
