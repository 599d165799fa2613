-- What was announced is what was ingested and what was rejected; `category` is empty where the source gives none.
CREATE TABLE ledger (
  source TEXT NOT NULL,
  day TEXT NOT NULL,
  category TEXT NOT NULL,
  ingested BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  PRIMARY KEY (source, day, category)
);

CREATE INDEX ledger_day ON ledger (day);

-- `counted` is the day of the ledger's square: `day`, or the day it was kept where the source gives none.
CREATE TABLE rejection (
  source TEXT NOT NULL,
  hash TEXT NOT NULL,
  day TEXT,
  counted TEXT NOT NULL,
  category TEXT,
  reason TEXT NOT NULL,
  body BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (source, hash)
);

CREATE INDEX rejection_at ON rejection (at);

CREATE INDEX rejection_counted ON rejection (counted, source);

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  wish TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  ended_at BIGINT,
  outcome TEXT NOT NULL,
  note TEXT,
  pages BIGINT NOT NULL,
  total BIGINT,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  same BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  gone BIGINT NOT NULL
);

CREATE INDEX run_source ON run (source, started_at);

CREATE INDEX run_started ON run (started_at);

CREATE TABLE standing (
  source TEXT PRIMARY KEY,
  paused BIGINT NOT NULL,
  next_at BIGINT,
  last_success_at BIGINT,
  last_failure_at BIGINT,
  last_failure TEXT
);

-- Whose turn it is to ask a host: free when the lease is over, and not before `next_at`.
CREATE TABLE turn (
  key TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  next_at BIGINT NOT NULL
);

ALTER TABLE placement ADD COLUMN why TEXT;

CREATE TABLE correction (
  date TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  hash TEXT NOT NULL,
  says TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (date, paper_id, kind, hash)
);

INSERT INTO counter (name, value) VALUES ('harvest', 0);
