-- By which log lines of the service and of a worker belong together; null for jobs that came in otherwise.
ALTER TABLE jobs ADD COLUMN request_id TEXT;
