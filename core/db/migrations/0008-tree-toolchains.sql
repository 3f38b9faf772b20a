-- Tools of a person's own that a tree is built with; also of trees that came with Kiln, which have no row in `trees`.
CREATE TABLE tree_toolchains (
  name   TEXT PRIMARY KEY,
  -- Absolute folder.
  folder TEXT NOT NULL
) STRICT;
