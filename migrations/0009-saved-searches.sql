-- `removed_at` keeps a removed search for a while, so that removing can be taken back.
CREATE TABLE saved_search (
  reader TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  removed_at BIGINT,
  PRIMARY KEY (reader, id)
);
