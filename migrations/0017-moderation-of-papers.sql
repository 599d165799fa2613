-- A paper that moderators have taken down: JSON of its state, when, and why. Null for one that stands.
ALTER TABLE paper ADD COLUMN held TEXT;

CREATE INDEX paper_held ON paper (id) WHERE held IS NOT NULL;

ALTER TABLE submission ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
