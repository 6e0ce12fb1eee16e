-- What waits for a supervisor: applications (承認待ち), stops that nobody has confirmed (事後検印), off-line acts that are held.
-- Derived from the log, for whoever watches how long the oldest has waited.
CREATE TABLE waiting (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    since_ms BIGINT NOT NULL
);
CREATE INDEX waiting_since ON waiting (kind, since_ms);
INSERT INTO waiting (id, kind, customer_id, since_ms)
SELECT json_extract(one.value, '$.id'), 'application', substr(a.subject, 10),
       CAST(round((julianday(json_extract(one.value, '$.submitted_at')) - 2440587.5) * 86400000) AS INTEGER)
FROM aggregate a, json_each(a.state, '$.applications') one
WHERE a.subject >= 'customer/' AND a.subject < 'customer0' AND json_extract(one.value, '$.state') = 'submitted';
INSERT INTO waiting (id, kind, customer_id, since_ms)
SELECT json_extract(one.value, '$.id'), 'stop', substr(a.subject, 10),
       CAST(round((julianday(json_extract(one.value, '$.reported_at')) - 2440587.5) * 86400000) AS INTEGER)
FROM aggregate a, json_each(a.state, '$.incidents') one
WHERE a.subject >= 'customer/' AND a.subject < 'customer0'
  AND json_extract(one.value, '$.confirmed_by') IS NULL AND json_extract(one.value, '$.outcome') IS NULL;
INSERT INTO waiting (id, kind, customer_id, since_ms)
SELECT json_extract(one.value, '$.act'), 'held', substr(a.subject, 10),
       CAST(round((julianday(json_extract(one.value, '$.at')) - 2440587.5) * 86400000) AS INTEGER)
FROM aggregate a, json_each(a.state, '$.held') one
WHERE a.subject >= 'customer/' AND a.subject < 'customer0';
