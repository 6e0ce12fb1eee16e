-- What the feed gives of other branches' entries, without the entries themselves: a branch that comes late asks for a million.
CREATE INDEX entry_leaf ON entry (idx, branch, also, leaf);
