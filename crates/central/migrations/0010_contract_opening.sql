-- The first day of a contract, which may lie ahead (再契約): nothing of it is fetched before.
ALTER TABLE contract ADD COLUMN opened_on TEXT;
UPDATE contract SET opened_on = (
    SELECT json_extract(one.value, '$.opened_on') FROM aggregate a, json_each(a.state, '$.contracts') one
    WHERE a.subject = 'customer/' || contract.customer_id AND json_extract(one.value, '$.number') = contract.number
);
