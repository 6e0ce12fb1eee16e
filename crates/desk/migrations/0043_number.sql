-- The numbers a customer is found by, each as a whole: what begins with some characters stands together, and none of the parts of
-- other numbers lies between. Numbers are letters and digits of ASCII, some with hyphens (receipt, phone).
CREATE INDEX term_number ON term (term, customer_id, kind)
    WHERE kind NOT IN ('name', 'kana') AND term = upper(replace(shown, '-', ''));
