import type { GroupRole, Visibility } from '../model/group.ts';

/** The tables of groups: a part of `Schema`. */
export interface GroupSchema {
  reading_group: {
    handle: string;
    made_as: string;
    name: string;
    about: string;
    visibility: Visibility;
    window_days: number;
    created_by: string;
    created_at: number;
    closed_at: number | null;
  };
  group_member: {
    group_handle: string;
    reader: string;
    handle: string;
    name: string;
    role: GroupRole;
    joined_at: number;
    left_at: number | null;
    removed: number;
    agenda_hash: string | null;
  };
  group_invitation: {
    hash: string;
    group_handle: string;
    email: string | null;
    most: number | null;
    used: number;
    created_by: string;
    created_at: number;
    expires_at: number;
  };
  group_vote_log: { seq: number; group_handle: string; paper_id: string; reader: string; wish: number; at: number };
  group_vote: { group_handle: string; paper_id: string; reader: string; at: number };
  group_pin: { group_handle: string; paper_id: string; pinned_by: string; at: number };
  group_proposal: {
    group_handle: string;
    paper_id: string;
    reader: string;
    why: string;
    at: number;
    dropped_at: number | null;
  };
  group_proposal_vote: { group_handle: string; paper_id: string; reader: string; at: number };
  group_meeting: {
    id: string;
    group_handle: string;
    paper_id: string | null;
    title: string;
    presenter: string;
    day: string;
    clock_time: string;
    zone: string;
    lasts_min: number;
    starts_at: number;
    place: string;
    link: string;
    minutes: string;
    sequence: number;
    cancelled: number;
    created_by: string;
    created_at: number;
    changed_at: number;
  };
}
