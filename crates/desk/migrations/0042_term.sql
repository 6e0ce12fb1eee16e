-- What search looks in, in the order in which it is asked for: what matches stands together, and is read without a way to another
-- place for each row. Made from the entries; a customer's rows are found by what the customer is (replica/terms.rs).
DROP TABLE term;
CREATE TABLE term (
    term TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    shown TEXT NOT NULL,
    PRIMARY KEY (term, customer_id, kind, shown)
) WITHOUT ROWID;
