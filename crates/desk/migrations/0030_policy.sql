-- The policy with its history, as the log says it. Made from the entries.
CREATE TABLE policy (institution_id TEXT PRIMARY KEY, state TEXT NOT NULL);
