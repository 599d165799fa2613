INSERT INTO counter (name, value) VALUES ('submission', 0);

-- Who put a paper before the others, and why; each reader once a paper. `day` is the edition's day, in its time zone.
CREATE TABLE submission (
  paper_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  day TEXT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (paper_id, reader)
);

CREATE INDEX submission_day ON submission (day);

CREATE INDEX submission_reader ON submission (reader, day);

-- What was found for a submission and waits for its reader's word, or a moderator's. `body` is JSON; nothing of it is a paper yet.
CREATE TABLE submission_draft (
  id TEXT PRIMARY KEY,
  reader TEXT NOT NULL,
  at BIGINT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  body TEXT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT
);

CREATE INDEX submission_draft_reader ON submission_draft (reader, at);

CREATE INDEX submission_draft_state ON submission_draft (state, at);

-- "I wrote this." Whoever decides may decide otherwise later.
CREATE TABLE claim (
  paper_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  author_key TEXT NOT NULL,
  evidence TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT,
  PRIMARY KEY (paper_id, reader)
);

CREATE INDEX claim_reader ON claim (reader);

CREATE INDEX claim_state ON claim (state, requested_at);

CREATE INDEX claim_author ON claim (author_key);

-- What readers say of themselves, and what of theirs everyone may see. `links` and `shown` are JSON lists.
CREATE TABLE profile (
  reader TEXT PRIMARY KEY,
  about TEXT NOT NULL,
  links TEXT NOT NULL,
  shown TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
