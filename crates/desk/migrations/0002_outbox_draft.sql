-- The draft an act was made of: it goes when the centre accepts the act.
ALTER TABLE outbox ADD COLUMN draft TEXT;
