-- The author's handle and name stand here as when it was written, for the owner of an instance without accounts has no row
-- in `account`. `reason` is why a letter is hidden or removed, `state_by` who said so.
CREATE TABLE letter (
  id TEXT NOT NULL PRIMARY KEY,
  paper_id TEXT NOT NULL,
  group_id TEXT,
  parent_id TEXT,
  author_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  edited_at BIGINT,
  edits BIGINT NOT NULL,
  state TEXT NOT NULL,
  state_at BIGINT,
  state_by TEXT,
  reason TEXT
);

CREATE INDEX letter_paper ON letter (paper_id, created_at, id);

CREATE INDEX letter_author ON letter (author_id, created_at, id);

CREATE INDEX letter_state ON letter (state, state_at);

-- Every wording a letter has had, from the first, which is 1; only added to.
CREATE TABLE letter_edit (
  letter_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  author_id TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (letter_id, n)
);

CREATE INDEX letter_edit_author ON letter_edit (author_id, at);

CREATE TABLE letter_report (
  letter_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (letter_id, reader)
);

-- Letters that everyone can read, by paper.
CREATE TABLE letter_tally (
  paper_id TEXT NOT NULL PRIMARY KEY,
  letters BIGINT NOT NULL
);

INSERT INTO counter (name, value) VALUES ('letter', 0);
