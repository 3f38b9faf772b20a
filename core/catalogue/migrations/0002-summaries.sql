-- Documents come from the same files as facts; keyboards do not depend on all of these.
ALTER TABLE trees RENAME COLUMN shared_signature TO facts_signature;

-- What lists, totals and short words look at, without the long texts of the rows.
CREATE INDEX keyboards_summary ON keyboards (
  tree, name, signature, error, read_at, title, maker, processor, bootloader, vid, pid
);
