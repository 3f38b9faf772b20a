-- "KILN" in ASCII: tells our file from another program's database.
PRAGMA application_id = 0x4B494C4E;

-- Small columns first: SQLite reads a row's overflow pages only for what lies behind them.
CREATE TABLE jobs (
  -- Order of arrival. A job that goes back to the queue keeps its place, and so comes before every later one.
  place            INTEGER PRIMARY KEY,
  id               TEXT    NOT NULL UNIQUE CHECK (length(id) = 32),
  kind             TEXT    NOT NULL CHECK (kind <> ''),
  state            TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed', 'canceled')),
  front            INTEGER NOT NULL CHECK (front IN (0, 1)),
  time_limit_ms    INTEGER NOT NULL CHECK (time_limit_ms > 0),
  created_at       INTEGER NOT NULL,
  enqueued_at      INTEGER NOT NULL,
  started_at       INTEGER,
  ended_at         INTEGER,
  tries            INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  worker_id        TEXT,
  claim_token      TEXT,
  lease_until      INTEGER,
  cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  -- The last number given out in job_events.
  last_seq         INTEGER NOT NULL DEFAULT 0,
  -- Stored bytes of the live log; more than the bound means that it was cut.
  log_bytes        INTEGER NOT NULL DEFAULT 0,
  client           TEXT,
  -- JSON from here on.
  progress         TEXT,
  error            TEXT,
  payload          TEXT    NOT NULL,
  result           TEXT,
  -- A claim exists exactly while the job runs, an end exactly when it has ended.
  CHECK ((state = 'running') = (claim_token IS NOT NULL)),
  CHECK ((state = 'running') = (lease_until IS NOT NULL)),
  CHECK ((state IN ('finished', 'failed', 'canceled')) = (ended_at IS NOT NULL))
) STRICT;

-- The claim order. Covers claim, position and count, so that none of them reads a job's row to skip it.
CREATE INDEX jobs_queued ON jobs (front DESC, place, kind) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;

-- Without a rowid, a job's story lies together and one tree is written for each event, not two.
CREATE TABLE job_events (
  place INTEGER NOT NULL REFERENCES jobs (place) ON DELETE CASCADE,
  seq   INTEGER NOT NULL CHECK (seq > 0),
  at    INTEGER NOT NULL,
  type  TEXT    NOT NULL CHECK (type IN ('state', 'progress', 'log')),
  -- JSON: the state, the progress or the lines.
  body  TEXT    NOT NULL,
  PRIMARY KEY (place, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE trees (
  name            TEXT    PRIMARY KEY,
  kind            TEXT    NOT NULL CHECK (kind IN ('starter', 'folder', 'git')),
  origin          TEXT,
  ref             TEXT,
  path            TEXT    NOT NULL,
  commit_id       TEXT,
  previous_commit TEXT,
  is_default      INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  added_at        INTEGER NOT NULL
) STRICT;
