-- Browsers that are told at once of what is new in saved searches. `id` is the SHA-256 of the endpoint, which is one a
-- browser; a device is told while its session lasts (empty: the owner's, who signs in nowhere).
CREATE TABLE push_device (
  id TEXT NOT NULL PRIMARY KEY,
  reader TEXT NOT NULL,
  session TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  told_at BIGINT,
  trouble TEXT
);

CREATE INDEX push_device_reader ON push_device (reader);
CREATE INDEX push_device_session ON push_device (session);

-- One row a device and notification. `due_at` moves on with every failure; who holds the lease sends.
CREATE TABLE push_outbox (
  id TEXT NOT NULL PRIMARY KEY,
  device_id TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  owner TEXT,
  lease_until BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  settled_at BIGINT,
  error TEXT
);

CREATE INDEX push_outbox_due ON push_outbox (state, due_at);
CREATE INDEX push_outbox_device ON push_outbox (device_id);

-- Papers that a reader's devices were told of.
CREATE TABLE push_told (
  reader TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (reader, paper_id)
);

-- The keys by which push services know this instance (VAPID), made once.
CREATE TABLE push_key (
  name TEXT NOT NULL PRIMARY KEY,
  public_key TEXT NOT NULL,
  private_key TEXT NOT NULL,
  made_at BIGINT NOT NULL
);
