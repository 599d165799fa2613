CREATE TABLE vector (
  model_id TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (model_id, paper_id)
);
