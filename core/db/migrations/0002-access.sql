-- API keys: of a secret only its digest, so that whoever reads this file can use none of them.
CREATE TABLE api_keys (
  id           TEXT    PRIMARY KEY CHECK (length(id) = 10),
  name         TEXT    NOT NULL UNIQUE CHECK (name <> ''),
  digest       BLOB    NOT NULL CHECK (length(digest) = 32),
  -- A JSON list.
  scopes       TEXT    NOT NULL,
  -- The one web origin whose pages may send it.
  origin       TEXT,
  -- Came in by the pairing code, and goes with it.
  paired       INTEGER NOT NULL CHECK (paired IN (0, 1)),
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  last_used_at INTEGER,
  uses         INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0)
) STRICT;

-- The pairing code that holds, in plain: it is shown again until it expires.
CREATE TABLE pairing (
  only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
  code       TEXT    NOT NULL CHECK (length(code) = 8),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
