import type { Account, MailLink, Session } from '../model/account.ts';
import type { ClaimState } from '../model/claim.ts';
import type { SubmissionDraft } from '../model/submission.ts';
import type { DigestSchema } from './digest-schema.ts';
import type { GroupSchema } from './group-schema.ts';
import type { PushSchema } from './push-schema.ts';

/** The tables as the migrations leave them. Both engines give BIGINT as a number and BYTEA as bytes. */
export interface Schema extends DigestSchema, GroupSchema, PushSchema {
  counter: {
    name: 'change' | 'edition' | 'vote' | 'harvest' | 'submission' | 'letter' | 'group' | 'moderation';
    value: number;
  };
  paper: {
    id: string;
    title_key: string;
    doc: string;
    comments: number | null;
    created_at: number;
    changed_at: number;
    /** JSON of a `PaperHold`; left out of what is inserted, it is null. */
    held?: string | null | undefined;
  };
  paper_alias: { alias: string; paper_id: string };
  sighting: {
    source: string;
    external_id: string;
    paper_id: string;
    draft_hash: string;
    raw_hash: string;
    seen_at: number;
    day: string;
  };
  former_text: { paper_id: string; n: number; hash: string; body: string; until: number };
  signal: { paper_id: string; source: string; name: string; value: number };
  raw_pack: { id: string; body: Uint8Array };
  raw_record: { source: string; external_id: string; hash: string; pack_id: string; place: number; seen_at: number };
  /** What papers can be listed by, with how many there are. The kind `all` has one key, the empty one. */
  listing: { kind: ListingKind; key: string; name: string; handle: string | null; papers: number };
  /** `day` is empty for papers without a date; `place` is the author's or category's place on the paper, from 0. */
  listed: { kind: ListingKind; key: string; day: string; paper_id: string; place: number };
  change_log: { seq: number; paper_id: string };
  cursor: { name: string; position: number; note: string | null };
  edition: { date: string; number: number; source: string; closed: number };
  placement: { date: string; place: number; paper_id: string; why: string | null };
  /** `paper_id` is empty for what is about the edition itself; `hash` is of what it says. */
  correction: {
    date: string;
    paper_id: string;
    kind: 'withdrawn' | 'merged' | 'note';
    hash: string;
    says: string;
    at: number;
  };
  vote_log: { seq: number; paper_id: string; reader: string; wish: number; at: number };
  vote: { reader: string; paper_id: string };
  vote_tally: { paper_id: string; votes: number };
  job: {
    id: string;
    kind: string;
    name: string;
    payload: string;
    due_at: number;
    owner: string | null;
    lease_until: number;
    attempts: number;
    error: string | null;
  };
  ledger: { source: string; day: string; category: string; ingested: number; rejected: number };
  rejection: {
    source: string;
    hash: string;
    day: string | null;
    counted: string;
    category: string | null;
    reason: string;
    body: Uint8Array;
    at: number;
  };
  run: {
    id: string;
    source: string;
    wish: string;
    started_at: number;
    seen_at: number;
    ended_at: number | null;
    outcome: 'running' | 'complete' | 'stopped' | 'failed';
    note: string | null;
    pages: number;
    total: number | null;
    added: number;
    changed: number;
    same: number;
    rejected: number;
    gone: number;
  };
  standing: {
    source: string;
    paused: number;
    next_at: number | null;
    last_success_at: number | null;
    last_failure_at: number | null;
    last_failure: string | null;
  };
  turn: { key: string; owner: string; lease_until: number; next_at: number };
  lab_run: {
    lab: string;
    version: number;
    preset: string;
    seeds: number;
    ran_at: number;
    hash: string;
    record: string;
  };
  saved_search: {
    reader: string;
    id: string;
    name: string;
    query: string;
    created_at: number;
    seen_at: number;
    removed_at: number | null;
  };
  library: {
    reader: string;
    paper_id: string;
    saved_at: number;
    changed_at: number;
    state: string;
    note: string;
    rating: number | null;
    removed_at: number | null;
  };
  library_tag: { reader: string; paper_id: string; tag: string };
  library_folder: { reader: string; name: string; created_at: number };
  library_filed: { reader: string; paper_id: string; folder: string };
  library_note: { reader: string; paper_id: string; until: number; body: string };
  library_turn: { reader: string; changes: number };
  follow: { reader: string; kind: string; key: string; name: string; created_at: number };
  seen: { reader: string; paper_id: string; at: number; place: string; done: number };
  account: {
    id: string;
    handle: string;
    name: string;
    email: string | null;
    email_key: string | null;
    role: Account['role'];
    created_at: number;
    disabled_at: number | null;
    disabled_why: string | null;
    leaving_at: number | null;
    left_at: number | null;
  };
  session: {
    hash: string;
    account_id: string;
    created_at: number;
    seen_at: number;
    expires_at: number;
    way: Session['way'];
    agent: string;
  };
  mail_link: {
    hash: string;
    purpose: MailLink['purpose'];
    email: string;
    account_id: string | null;
    onward: string;
    created_at: number;
    expires_at: number;
    spent_at: number | null;
  };
  flow: { hash: string; kind: string; body: string; expires_at: number };
  passkey: {
    id: string;
    account_id: string;
    name: string;
    public_key: Uint8Array;
    counter: number;
    transports: string;
    created_at: number;
    used_at: number | null;
  };
  linked_sign_in: {
    issuer: string;
    subject: string;
    account_id: string;
    site: string;
    label: string;
    linked_at: number;
  };
  api_token: {
    hash: string;
    account_id: string;
    name: string;
    scopes: string;
    created_at: number;
    used_at: number | null;
  };
  invitation: { email_key: string; email: string; invited_by: string; at: number };
  rate: { key: string; since: number; n: number };
  letter: {
    id: string;
    paper_id: string;
    group_id: string | null;
    parent_id: string | null;
    author_id: string;
    handle: string;
    name: string;
    body: string;
    created_at: number;
    edited_at: number | null;
    edits: number;
    state: string;
    state_at: number | null;
    state_by: string | null;
    reason: string | null;
  };
  letter_edit: { letter_id: string; n: number; author_id: string; body: string; at: number };
  letter_report: { letter_id: string; reader: string; reason: string; at: number };
  notification: { reader: string; letter_id: string; kind: string; at: number };
  notification_seen: { reader: string; until: number };
  letter_tally: { paper_id: string; letters: number };
  moderation_log: {
    id: number;
    actor: string;
    actor_role: string;
    action: string;
    kind: string;
    target: string;
    reason: string;
    at: number;
    state_before: string;
    state_after: string;
    undoes: number | null;
  };
  moderation_settled: { kind: string; target: string; settled_by: string; at: number };
  vote_ring: { reader: string; ring: string; found_at: number; cleared_at: number | null };
  /** Left out of what is inserted, `state` is `open`. */
  submission: { paper_id: string; reader: string; day: string; at: number; note: string; state?: string | undefined };
  submission_draft: {
    id: string;
    reader: string;
    at: number;
    state: SubmissionDraft['state'];
    note: string;
    body: string;
    decided_by: string | null;
    decided_at: number | null;
  };
  claim: {
    paper_id: string;
    reader: string;
    author_key: string;
    evidence: string;
    state: ClaimState;
    requested_at: number;
    decided_by: string | null;
    decided_at: number | null;
  };
  profile: { reader: string; about: string; links: string; shown: string; changed_at: number };
  vector: { model_id: string; paper_id: string; body: Uint8Array };
}

export type ListingKind = 'all' | 'source' | 'author' | 'organisation' | 'category';
