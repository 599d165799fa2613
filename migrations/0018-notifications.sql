-- Who is told of a letter, and why: once a reader and letter, whatever the reasons. `kind` is reply, mention or paper.
CREATE TABLE notification (
  reader TEXT NOT NULL,
  letter_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (reader, letter_id)
);

CREATE INDEX notification_reader ON notification (reader, at, letter_id);

-- What came up to that time the reader has seen.
CREATE TABLE notification_seen (
  reader TEXT NOT NULL PRIMARY KEY,
  until BIGINT NOT NULL
);
