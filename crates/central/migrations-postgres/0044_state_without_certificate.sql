-- A customer's state no longer holds the certificates themselves: they stand in the log and in `certificate`, and were written
-- anew with every act. A text of somebody's would have its quotation marks escaped.
UPDATE aggregate SET state = regexp_replace(state, ',"der":"[A-Za-z0-9+/=]*"', '', 'g')
WHERE subject >= 'customer/' AND subject < 'customer0' AND state LIKE '%,"der":"%';
