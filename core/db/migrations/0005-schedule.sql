-- What the service does by itself, and when it last did; a task without a row was never seen.
CREATE TABLE schedule (
  task       TEXT    PRIMARY KEY CHECK (task <> ''),
  -- The next run counts from here: the last run's start, or when the task was first seen.
  due_from   INTEGER NOT NULL,
  started_at INTEGER,
  ended_at   INTEGER,
  outcome    TEXT CHECK (outcome IN ('running', 'done', 'failed')),
  -- What came of the last run, in a sentence.
  message    TEXT,
  done_at    INTEGER,
  CHECK ((outcome IS NULL) = (started_at IS NULL))
) STRICT;
