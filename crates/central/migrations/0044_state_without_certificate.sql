-- A customer's state no longer holds the certificates themselves: they stand in the log and in `certificate`, and were written
-- anew with every act.
UPDATE aggregate SET state = json_set(state, '$.certificates', (
    SELECT json_group_array(json_remove(one.value, '$.signed.der')) FROM json_each(aggregate.state, '$.certificates') one
))
WHERE subject >= 'customer/' AND subject < 'customer0' AND state LIKE '%,"der":"%';
