-- The last day the source announced the paper in; empty where it gave none.
ALTER TABLE sighting ADD COLUMN day TEXT NOT NULL DEFAULT '';

-- Words of a paper before a source changed them: `n` is the version they belonged to, `body` JSON, `hash` of it.
CREATE TABLE former_text (
  paper_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (paper_id, n, hash)
);

-- Two papers that turn out to be one are brought together by these.
CREATE INDEX paper_alias_paper ON paper_alias (paper_id);

CREATE INDEX vote_log_paper ON vote_log (paper_id);

CREATE INDEX vote_paper ON vote (paper_id);

CREATE INDEX vector_paper ON vector (paper_id);
