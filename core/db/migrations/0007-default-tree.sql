-- The chosen default among the trees that Kiln brings along: those have no row in `trees`.
CREATE TABLE default_tree (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  name TEXT NOT NULL
) STRICT;
