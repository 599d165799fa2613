-- A reader's own shelf. Readers have no row of their own here: the owner of an instance without accounts has none anywhere.
-- `removed_at` keeps what was taken out for a while, so that this can be taken back.
CREATE TABLE library (
  reader TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  rating BIGINT,
  removed_at BIGINT,
  PRIMARY KEY (reader, paper_id)
);

CREATE INDEX library_paper ON library (paper_id);

CREATE INDEX library_removed ON library (removed_at);

CREATE TABLE library_tag (
  reader TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (reader, paper_id, tag)
);

CREATE INDEX library_tag_name ON library_tag (reader, tag);

CREATE TABLE library_folder (
  reader TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (reader, name)
);

CREATE TABLE library_filed (
  reader TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  folder TEXT NOT NULL,
  PRIMARY KEY (reader, paper_id, folder)
);

CREATE INDEX library_filed_name ON library_filed (reader, folder);

-- Notes as they were before they were changed.
CREATE TABLE library_note (
  reader TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  until BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (reader, paper_id, until)
);

-- Its row is locked by whoever changes a library: changes of one reader come one after another.
CREATE TABLE library_turn (reader TEXT PRIMARY KEY, changes BIGINT NOT NULL);

CREATE TABLE follow (
  reader TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (reader, kind, key)
);

CREATE INDEX follow_key ON follow (kind, key);

CREATE TABLE seen (
  reader TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  place TEXT NOT NULL,
  done BIGINT NOT NULL,
  PRIMARY KEY (reader, paper_id)
);

CREATE INDEX seen_paper ON seen (paper_id);

CREATE INDEX library_tag_paper ON library_tag (paper_id);

CREATE INDEX library_filed_paper ON library_filed (paper_id);

CREATE INDEX library_note_paper ON library_note (paper_id);
