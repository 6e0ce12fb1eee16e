-- Rights that may lapse, and nothing else: an index on every state drew the questions for what has ended away from theirs.
DROP INDEX certificate_deadline;
CREATE INDEX certificate_deadline ON certificate (deadline) WHERE state IN ('authorised', 'signed');
