-- The admin page counts what was settled within a day, and looks for the last failures.
CREATE INDEX digest_outbox_settled ON digest_outbox (state, sent_at);
