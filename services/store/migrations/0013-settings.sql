-- What people set while everything runs, so that every process over this store agrees: the retention. The newest row of a name counts.
CREATE TABLE setting (
  name LowCardinality(String),
  at DateTime64(6, 'UTC'),
  value String COMMENT 'JSON',
  by String
) ENGINE = ReplacingMergeTree(at)
ORDER BY name;
