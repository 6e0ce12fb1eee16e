-- What waits for a supervisor: applications (承認待ち), stops that nobody has confirmed (事後検印), off-line acts that are held.
-- Derived from the log, for whoever watches how long the oldest has waited.
CREATE TABLE waiting (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    since_ms BIGINT NOT NULL
);
CREATE INDEX waiting_since ON waiting (kind, since_ms);
INSERT INTO waiting (id, kind, customer_id, since_ms)
SELECT one.value ->> 'id', 'application', substr(a.subject, 10),
       CAST(extract(epoch FROM date_trunc('milliseconds', CAST(one.value ->> 'submitted_at' AS timestamptz))) * 1000 AS BIGINT)
FROM aggregate a, jsonb_array_elements(COALESCE(CAST(a.state AS jsonb) -> 'applications', '[]')) one
WHERE a.subject >= 'customer/' AND a.subject < 'customer0' AND one.value ->> 'state' = 'submitted';
INSERT INTO waiting (id, kind, customer_id, since_ms)
SELECT one.value ->> 'id', 'stop', substr(a.subject, 10),
       CAST(extract(epoch FROM date_trunc('milliseconds', CAST(one.value ->> 'reported_at' AS timestamptz))) * 1000 AS BIGINT)
FROM aggregate a, jsonb_array_elements(COALESCE(CAST(a.state AS jsonb) -> 'incidents', '[]')) one
WHERE a.subject >= 'customer/' AND a.subject < 'customer0'
  AND one.value ->> 'confirmed_by' IS NULL AND one.value ->> 'outcome' IS NULL;
INSERT INTO waiting (id, kind, customer_id, since_ms)
SELECT one.value ->> 'act', 'held', substr(a.subject, 10),
       CAST(extract(epoch FROM date_trunc('milliseconds', CAST(one.value ->> 'at' AS timestamptz))) * 1000 AS BIGINT)
FROM aggregate a, jsonb_array_elements(COALESCE(CAST(a.state AS jsonb) -> 'held', '[]')) one
WHERE a.subject >= 'customer/' AND a.subject < 'customer0';
