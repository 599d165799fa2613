-- Plain SQL for both engines. Ids and times are made by Broadsheet; days are YYYY-MM-DD, times milliseconds since 1970.
CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);

INSERT INTO counter (name, value) VALUES ('change', 0), ('edition', 0), ('vote', 0);

CREATE TABLE paper (
  id TEXT PRIMARY KEY,
  title_key TEXT NOT NULL,
  doc TEXT NOT NULL,
  comments BIGINT,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

CREATE INDEX paper_title_key ON paper (title_key);

CREATE TABLE paper_alias (alias TEXT PRIMARY KEY, paper_id TEXT NOT NULL);

CREATE TABLE sighting (
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  draft_hash TEXT NOT NULL,
  raw_hash TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (source, external_id)
);

CREATE TABLE signal (
  paper_id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (paper_id, source, name)
);

CREATE TABLE raw_pack (id TEXT PRIMARY KEY, body BYTEA NOT NULL);

CREATE TABLE raw_record (
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  pack_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (source, external_id, hash)
);

CREATE TABLE listing (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  handle TEXT,
  papers BIGINT NOT NULL,
  PRIMARY KEY (kind, key)
);

CREATE TABLE listed (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  day TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (kind, key, day, paper_id)
);

CREATE TABLE change_log (seq BIGINT PRIMARY KEY, paper_id TEXT NOT NULL);

CREATE TABLE cursor (name TEXT PRIMARY KEY, position BIGINT NOT NULL, note TEXT);
