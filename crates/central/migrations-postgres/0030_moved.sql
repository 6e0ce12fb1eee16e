-- The branch a customer left with this entry: it may read the entry too, and learns by it that the customer is gone.
ALTER TABLE entry ADD COLUMN also TEXT COLLATE "C";
CREATE INDEX customer_number_customer ON customer_number (customer_id);
