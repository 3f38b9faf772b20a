-- A job that somebody wants to keep: no sweep forgets it.
ALTER TABLE jobs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
-- What people look for it by; jobs of before had it in their payload only.
ALTER TABLE jobs ADD COLUMN title TEXT NOT NULL DEFAULT '';
UPDATE jobs SET title = concat_ws(' ', payload ->> '$.keyboard', payload ->> '$.keymap', payload ->> '$.tree')
WHERE kind = 'compile';

-- Looking for a text reads this, and not the rows with their keymaps and logs.
CREATE INDEX jobs_titles ON jobs (title);
DROP INDEX jobs_ended;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL AND pinned = 0;
