-- A stop that was held and then accepted waits no longer.
DELETE FROM waiting WHERE kind = 'held' AND EXISTS (
    SELECT 1 FROM aggregate a, jsonb_array_elements(COALESCE(CAST(a.state AS jsonb) -> 'held', '[]')) one
    WHERE a.subject = 'customer/' || waiting.customer_id
      AND one.value ->> 'act' = waiting.id AND one.value ->> 'accepted' = 'true'
);
