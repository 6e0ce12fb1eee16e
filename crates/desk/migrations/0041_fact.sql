-- What the reports count: one row for each event that a report tells of, made from the entries. Of the branch it happened at.
CREATE TABLE fact (
    idx INTEGER NOT NULL,
    place INTEGER NOT NULL,
    -- JST, YYYY-MM.
    month TEXT NOT NULL,
    branch TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Cause of a reissue, reason of a revocation.
    detail TEXT NOT NULL,
    -- How long something took, seconds; NULL where nothing is measured.
    seconds INTEGER,
    PRIMARY KEY (idx, place)
) WITHOUT ROWID;
CREATE INDEX fact_month ON fact (month, branch, kind);
CREATE INDEX fact_customer ON fact (customer_id);
