-- "KILN" in ASCII: tells our file from another program's database.
PRAGMA application_id = 0x4B494C4E;

-- The last test build of each keyboard. Small columns first: a summary reads no logs.
CREATE TABLE test_builds (
  tree        TEXT    NOT NULL,
  keyboard    TEXT    NOT NULL,
  works       INTEGER NOT NULL CHECK (works IN (0, 1)),
  warnings    INTEGER NOT NULL CHECK (warnings IN (0, 1)),
  tested_at   INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  -- Which keymap was built, and of which state of the tree; null when there was none to build.
  keymap      TEXT CHECK (keymap IN ('default', 'generated')),
  version     TEXT    NOT NULL,
  message     TEXT    NOT NULL,
  UNIQUE (tree, keyboard)
) STRICT;
CREATE INDEX test_builds_time ON test_builds (tested_at);

-- Where to go on.
CREATE TABLE positions (
  tree     TEXT PRIMARY KEY,
  keyboard TEXT NOT NULL
) STRICT;
