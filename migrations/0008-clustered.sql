-- For SQLite only (decision 0068): tables that are read by their whole key are that key's tree and nothing beside it.
/* sqlite:
CREATE TABLE clustered (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  day TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (kind, key, day, paper_id)
) WITHOUT ROWID;

INSERT INTO clustered SELECT kind, key, day, paper_id, place FROM listed ORDER BY kind, key, day, paper_id;

DROP TABLE listed;

ALTER TABLE clustered RENAME TO listed;

CREATE TABLE clustered (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  handle TEXT,
  papers BIGINT NOT NULL,
  PRIMARY KEY (kind, key)
) WITHOUT ROWID;

INSERT INTO clustered SELECT kind, key, name, handle, papers FROM listing ORDER BY kind, key;

DROP TABLE listing;

ALTER TABLE clustered RENAME TO listing;

CREATE TABLE clustered (
  source TEXT NOT NULL,
  day TEXT NOT NULL,
  category TEXT NOT NULL,
  ingested BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  PRIMARY KEY (source, day, category)
) WITHOUT ROWID;

INSERT INTO clustered SELECT source, day, category, ingested, rejected FROM ledger ORDER BY source, day, category;

DROP TABLE ledger;

ALTER TABLE clustered RENAME TO ledger;

CREATE INDEX ledger_day ON ledger (day);

CREATE TABLE clustered (seq BIGINT PRIMARY KEY, paper_id TEXT NOT NULL) WITHOUT ROWID;

INSERT INTO clustered SELECT seq, paper_id FROM change_log ORDER BY seq;

DROP TABLE change_log;

ALTER TABLE clustered RENAME TO change_log;
*/
