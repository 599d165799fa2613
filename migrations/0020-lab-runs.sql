-- The latest run of a lab for each version and preset. `preset` is empty for a run of other values.
CREATE TABLE lab_run (
  lab TEXT NOT NULL,
  version INTEGER NOT NULL,
  preset TEXT NOT NULL,
  seeds INTEGER NOT NULL,
  ran_at BIGINT NOT NULL,
  hash TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (lab, version, preset)
);
