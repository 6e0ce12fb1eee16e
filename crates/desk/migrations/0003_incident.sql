-- Reports of losses that are not settled, for 今日の仕事. Made from the customers' states.
CREATE TABLE incident (
    incident_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    reported_at TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    paper INTEGER NOT NULL
);
CREATE INDEX incident_customer ON incident (customer_id);
