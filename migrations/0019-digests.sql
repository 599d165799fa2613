-- A digest somebody gets, one an address. `address_key` is the address as it is compared; `secret` signs its links.
CREATE TABLE subscription (
  id TEXT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  address_key TEXT NOT NULL UNIQUE,
  reader TEXT UNIQUE,
  wishes TEXT NOT NULL,
  state TEXT NOT NULL,
  secret TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL
);

CREATE INDEX subscription_due ON subscription (state, next_at);

-- One row a subscription and local day; `about` is empty, or of an alert the search and the papers it is about. `due_at`
-- moves on with every failure; who holds the lease sends. `plan` is kept for the copy on the web.
CREATE TABLE digest_outbox (
  id TEXT NOT NULL PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  local_day TEXT NOT NULL,
  about TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  domain TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  owner TEXT,
  lease_until BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  plan TEXT,
  sent_at BIGINT,
  error TEXT,
  UNIQUE (subscription_id, local_day, about)
);

CREATE INDEX digest_outbox_due ON digest_outbox (state, due_at);

-- What a subscriber has been sent.
CREATE TABLE digest_sent (
  subscription_id TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  outbox_id TEXT NOT NULL,
  PRIMARY KEY (subscription_id, paper_id)
);

-- Papers of a library as their reader was last told of them.
CREATE TABLE digest_watched (
  subscription_id TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  code BIGINT NOT NULL,
  PRIMARY KEY (subscription_id, paper_id)
);

-- Addresses that are never written to.
CREATE TABLE suppression (
  address_key TEXT NOT NULL PRIMARY KEY,
  why TEXT NOT NULL,
  says TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- Mails that came back, each once.
CREATE TABLE bounce (
  id TEXT NOT NULL PRIMARY KEY,
  outbox_id TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  says TEXT NOT NULL,
  at BIGINT NOT NULL
);

CREATE INDEX bounce_subscription ON bounce (subscription_id, at);

-- How a reader is told what is new in a saved search; a search without a row is told of in the digest.
CREATE TABLE search_alert (
  reader TEXT NOT NULL,
  search_id TEXT NOT NULL,
  way TEXT NOT NULL,
  told_at BIGINT NOT NULL,
  PRIMARY KEY (reader, search_id)
);

CREATE INDEX search_alert_way ON search_alert (way);
