CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  payload TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  owner TEXT,
  lease_until BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  error TEXT,
  UNIQUE (kind, name)
);

CREATE INDEX job_due ON job (kind, due_at);
