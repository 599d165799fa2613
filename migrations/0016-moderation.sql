INSERT INTO counter (name, value) VALUES ('moderation', 0);

-- Only added to. What takes an entry back names it in `undoes`, which can be done once.
CREATE TABLE moderation_log (
  id BIGINT PRIMARY KEY,
  actor TEXT NOT NULL,
  actor_role TEXT NOT NULL,
  action TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  state_before TEXT NOT NULL,
  state_after TEXT NOT NULL,
  undoes BIGINT UNIQUE
);

CREATE INDEX moderation_log_target ON moderation_log (kind, target, id);

-- Reports that a moderator has looked at and let be; a later report of the same letter opens the matter again.
CREATE TABLE moderation_settled (
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  settled_by TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (kind, target)
);

CREATE INDEX letter_created ON letter (created_at);

CREATE INDEX vote_log_at ON vote_log (at);

-- Accounts that vote as one. Their votes count together as one reader's word where papers are placed; `cleared_at` is a
-- moderator's word that they are honest.
CREATE TABLE vote_ring (
  reader TEXT NOT NULL PRIMARY KEY,
  ring TEXT NOT NULL,
  found_at BIGINT NOT NULL,
  cleared_at BIGINT
);

CREATE INDEX vote_ring_ring ON vote_ring (ring);
