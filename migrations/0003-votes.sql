CREATE TABLE vote_log (
  seq BIGINT PRIMARY KEY,
  paper_id TEXT NOT NULL REFERENCES paper (id),
  reader TEXT NOT NULL,
  wish BIGINT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE vote (reader TEXT NOT NULL, paper_id TEXT NOT NULL, PRIMARY KEY (reader, paper_id));

CREATE TABLE vote_tally (paper_id TEXT PRIMARY KEY, votes BIGINT NOT NULL);
