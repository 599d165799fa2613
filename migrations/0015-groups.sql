INSERT INTO counter (name, value) VALUES ('group', 0);

-- `made_as` is of the form that asked for the group: sent twice it is one group. A closed group is nobody's any more.
CREATE TABLE reading_group (
  handle TEXT PRIMARY KEY,
  made_as TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  visibility TEXT NOT NULL,
  window_days BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at BIGINT
);

CREATE INDEX reading_group_public ON reading_group (visibility, created_at);

-- Those who left stay, with `left_at`; `removed` ones come in again by invitation only. Name and handle stand here for the
-- owner of an instance without accounts. `agenda_hash` is of the secret in a member's calendar address.
CREATE TABLE group_member (
  group_handle TEXT NOT NULL,
  reader TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  joined_at BIGINT NOT NULL,
  left_at BIGINT,
  removed BIGINT NOT NULL,
  agenda_hash TEXT,
  PRIMARY KEY (group_handle, reader)
);

CREATE INDEX group_member_reader ON group_member (reader);

CREATE TABLE group_invitation (
  hash TEXT PRIMARY KEY,
  group_handle TEXT NOT NULL,
  email TEXT,
  most BIGINT,
  used BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX group_invitation_group ON group_invitation (group_handle, created_at);

-- Apart from the instance's votes; counted while their reader is a member.
CREATE TABLE group_vote_log (
  seq BIGINT PRIMARY KEY,
  group_handle TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  wish BIGINT NOT NULL,
  at BIGINT NOT NULL
);

CREATE INDEX group_vote_log_reader ON group_vote_log (reader);

CREATE INDEX group_vote_log_paper ON group_vote_log (paper_id);

CREATE TABLE group_vote (
  group_handle TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (group_handle, paper_id, reader)
);

CREATE INDEX group_vote_paper ON group_vote (paper_id);

CREATE INDEX group_vote_reader ON group_vote (reader);

CREATE TABLE group_pin (
  group_handle TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  pinned_by TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (group_handle, paper_id)
);

CREATE INDEX group_pin_paper ON group_pin (paper_id);

CREATE TABLE group_proposal (
  group_handle TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  why TEXT NOT NULL,
  at BIGINT NOT NULL,
  dropped_at BIGINT,
  PRIMARY KEY (group_handle, paper_id)
);

CREATE INDEX group_proposal_paper ON group_proposal (paper_id);

CREATE TABLE group_proposal_vote (
  group_handle TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (group_handle, paper_id, reader)
);

CREATE INDEX group_proposal_vote_paper ON group_proposal_vote (paper_id);

CREATE TABLE group_meeting (
  id TEXT PRIMARY KEY,
  group_handle TEXT NOT NULL,
  paper_id TEXT,
  title TEXT NOT NULL,
  presenter TEXT NOT NULL,
  day TEXT NOT NULL,
  clock_time TEXT NOT NULL,
  zone TEXT NOT NULL,
  lasts_min BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  place TEXT NOT NULL,
  link TEXT NOT NULL,
  minutes TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  cancelled BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

CREATE INDEX group_meeting_group ON group_meeting (group_handle, starts_at);

CREATE INDEX group_meeting_paper ON group_meeting (paper_id);
