-- A stop that was held and then accepted waits no longer.
DELETE FROM waiting WHERE kind = 'held' AND EXISTS (
    SELECT 1 FROM aggregate a, json_each(a.state, '$.held') one
    WHERE a.subject = 'customer/' || waiting.customer_id
      AND json_extract(one.value, '$.act') = waiting.id AND json_extract(one.value, '$.accepted')
);
