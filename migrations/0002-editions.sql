CREATE TABLE edition (
  date TEXT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  closed BIGINT NOT NULL
);

CREATE TABLE placement (
  date TEXT NOT NULL REFERENCES edition (date),
  place BIGINT NOT NULL,
  paper_id TEXT NOT NULL REFERENCES paper (id),
  PRIMARY KEY (date, place)
);

CREATE UNIQUE INDEX placement_paper ON placement (paper_id, date);
