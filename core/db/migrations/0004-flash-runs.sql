-- What was flashed onto which keyboard, and how it ended. `holds` is written as it changes, so that it is true also
-- when the service was ended in the middle.
CREATE TABLE flash_runs (
  place        INTEGER PRIMARY KEY,
  id           TEXT    NOT NULL UNIQUE CHECK (length(id) = 32),
  action       TEXT    NOT NULL,
  keyboard     TEXT,
  image_name   TEXT,
  image_sha256 TEXT,
  image_bytes  INTEGER,
  job_id       TEXT,
  device       TEXT,
  bootloader   TEXT,
  started_at   INTEGER NOT NULL,
  ended_at     INTEGER,
  holds        TEXT    NOT NULL,
  -- Null while it runs.
  outcome      TEXT CHECK (outcome IN ('complete', 'written', 'unconfirmed', 'failed', 'canceled')),
  -- JSON: the end's message, next step, failure and error.
  ending       TEXT,
  -- Lines, joined.
  log          TEXT    NOT NULL DEFAULT '',
  CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;
