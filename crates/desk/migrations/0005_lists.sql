-- What the lists of 今日の仕事 show, so that none of them reads a customer's whole state. All of it is made from the states
-- in `customer`; a replica of an older version fills it when it is opened (replica/lists.rs).
ALTER TABLE customer ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN kana TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN phone TEXT NOT NULL DEFAULT '';

ALTER TABLE application ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN users TEXT NOT NULL DEFAULT '';
-- Staff ids between commas, one at both ends too.
ALTER TABLE application ADD COLUMN registered_by TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN comment TEXT NOT NULL DEFAULT '';
CREATE INDEX application_submitted ON application (submitted_at, application_id);

ALTER TABLE certificate ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN deadline TEXT NOT NULL DEFAULT '';
-- The JST day of the end of its validity; empty before it was signed.
ALTER TABLE certificate ADD COLUMN ends_on TEXT NOT NULL DEFAULT '';
-- Begun by its holder on-line: it has no slip.
ALTER TABLE certificate ADD COLUMN renews INTEGER NOT NULL DEFAULT 0;
-- Stopped by a report of a loss.
ALTER TABLE certificate ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
-- Its user ID will need one after it: it is in a contract that goes on, and has no other usable certificate.
ALTER TABLE certificate ADD COLUMN needed INTEGER NOT NULL DEFAULT 0;
-- The state of what was begun to take its place; empty if nothing was.
ALTER TABLE certificate ADD COLUMN successor TEXT NOT NULL DEFAULT '';
CREATE INDEX certificate_deadline ON certificate (state, deadline, certificate_id);
CREATE INDEX certificate_end ON certificate (state, ends_on, certificate_id);

ALTER TABLE incident ADD COLUMN cause TEXT NOT NULL DEFAULT '';
-- The user ID, or every one of the contract.
ALTER TABLE incident ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN caller TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN call_back TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incident_reported ON incident (reported_at, incident_id);
