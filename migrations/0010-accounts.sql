-- Ids of readers stand in other tables without a foreign key: the owner of an instance without accounts has no row here.
-- `email_key` is the address as it is compared. One who left keeps the row, so that letters have an author, and nothing else.
CREATE TABLE account (
  id TEXT NOT NULL PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT,
  email_key TEXT UNIQUE,
  role TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT,
  disabled_why TEXT,
  leaving_at BIGINT,
  left_at BIGINT
);

-- Of every token only the SHA-256 is kept, here and below.
CREATE TABLE session (
  hash TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  way TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE mail_link (
  hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  email TEXT NOT NULL,
  account_id TEXT,
  onward TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  spent_at BIGINT
);
CREATE INDEX mail_link_expiry ON mail_link (expires_at);

-- What was sent out to come back once: challenges of passkeys, states of other sites.
CREATE TABLE flow (
  hash TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE passkey (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id),
  name TEXT NOT NULL,
  public_key BYTEA NOT NULL,
  counter BIGINT NOT NULL,
  transports TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX passkey_account ON passkey (account_id);

CREATE TABLE linked_sign_in (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES account (id),
  site TEXT NOT NULL,
  label TEXT NOT NULL,
  linked_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX linked_sign_in_account ON linked_sign_in (account_id);

CREATE TABLE api_token (
  hash TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id),
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX api_token_account ON api_token (account_id);

CREATE TABLE invitation (
  email_key TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- How often something was tried since `since`.
CREATE TABLE rate (
  key TEXT NOT NULL PRIMARY KEY,
  since BIGINT NOT NULL,
  n BIGINT NOT NULL
);

-- What one reader voted for.
CREATE INDEX vote_log_reader ON vote_log (reader, paper_id);
