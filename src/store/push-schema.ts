import type { PushState } from '../model/push.ts';

/** The tables of web push. */
export interface PushSchema {
  push_device: {
    id: string;
    reader: string;
    session: string;
    endpoint: string;
    p256dh: string;
    auth: string;
    name: string;
    created_at: number;
    told_at: number | null;
    trouble: string | null;
  };
  push_outbox: {
    id: string;
    device_id: string;
    /** JSON of `PushNote`. */
    note: string;
    state: PushState;
    made_at: number;
    due_at: number;
    owner: string | null;
    lease_until: number;
    attempts: number;
    settled_at: number | null;
    error: string | null;
  };
  push_told: { reader: string; paper_id: string; at: number };
  push_key: { name: string; public_key: string; private_key: string; made_at: number };
}
