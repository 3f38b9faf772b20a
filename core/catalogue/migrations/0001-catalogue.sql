-- "KILN" in ASCII, as in the main database. Everything here can be made again from the trees.
PRAGMA application_id = 0x4B494C4E;

CREATE TABLE trees (
  tree             TEXT PRIMARY KEY,
  -- Folder of the sources that the rows below were read from.
  path             TEXT NOT NULL,
  -- What identified the files that every keyboard depends on when `facts` and the documents were made.
  shared_signature TEXT,
  -- JSON, see TreeFacts.
  facts            TEXT,
  documents_at     INTEGER,
  -- When a background run last had nothing left to do.
  indexed_at       INTEGER,
  -- The run under way, or the last one: written about once a second by whichever process it runs in.
  run_state        TEXT CHECK (run_state IN ('indexing', 'complete', 'stopped')),
  run_left         INTEGER,
  run_rate         REAL,
  run_message      TEXT,
  run_at           INTEGER
) STRICT;

CREATE TABLE keyboards (
  id         INTEGER PRIMARY KEY,
  tree       TEXT NOT NULL,
  name       TEXT NOT NULL,
  -- What identified the keyboard's inputs when it was read; null before.
  signature  TEXT,
  -- Why it could not be read; then the columns below are null.
  error      TEXT,
  read_at    INTEGER,
  -- For lists and search.
  title      TEXT,
  maker      TEXT,
  processor  TEXT,
  bootloader TEXT,
  vid        TEXT,
  pid        TEXT,
  -- JSON from here on, as `qmk generate-api` writes it.
  usb        TEXT,
  readme     TEXT,
  info       TEXT,
  UNIQUE (tree, name)
) STRICT;

-- A keymap may be reached from several keyboards; the last one that was read keeps it fresh.
CREATE TABLE keymaps (
  tree    TEXT NOT NULL,
  -- As in info.json: `keyboards/<path>/keymaps/<name>/keymap.json`.
  path    TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (tree, path)
) STRICT, WITHOUT ROWID;

-- What `qmk generate-api` publishes besides keyboards, by path below the web root.
CREATE TABLE documents (
  tree    TEXT NOT NULL,
  path    TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (tree, path)
) STRICT, WITHOUT ROWID;

-- One row a keyboard, under its id. Trigrams find any three letters in a row, wherever they stand.
CREATE VIRTUAL TABLE keyboard_search USING fts5 (
  name, title, maker, processor, usb, aliases,
  tokenize = 'trigram', detail = 'full', content = ''  , contentless_delete = 1
);
