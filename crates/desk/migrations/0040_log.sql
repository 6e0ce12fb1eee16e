-- What 発行ログ is filtered by. For each word of an entry (its kind, who, where, which day, pairs of characters of the
-- customer's name) the places where it stands, as a bitmap of 65,536 places a row. Made from the entries.
CREATE TABLE mark (
    word TEXT NOT NULL,
    part INTEGER NOT NULL,
    places BLOB NOT NULL,
    PRIMARY KEY (word, part)
) WITHOUT ROWID;
-- Which entries are about a customer. Made from the entries.
CREATE TABLE mention (
    customer_id TEXT NOT NULL,
    idx INTEGER NOT NULL,
    PRIMARY KEY (customer_id, idx)
) WITHOUT ROWID;
