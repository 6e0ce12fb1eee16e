-- Branches, as the log says. Made from the entries.
CREATE TABLE branch (code TEXT PRIMARY KEY, state TEXT NOT NULL);
-- Customers that came over and whose history is still to be fetched: nothing of them is applied before. Made from the entries.
CREATE TABLE wanted (customer_id TEXT PRIMARY KEY);
-- Customers that went to another branch at this place: what this copy holds of them before it is to be erased.
CREATE TABLE leaving (customer_id TEXT PRIMARY KEY, idx INTEGER NOT NULL);
