import type { OutboxRow, SubscriptionState } from '../model/digest.ts';
import type { AlertWay, Suppressed } from './digest-contract.ts';

/** The tables of the morning mail. */
export interface DigestSchema {
  subscription: {
    id: string;
    address: string;
    address_key: string;
    reader: string | null;
    /** JSON of `DigestWishes`. */
    wishes: string;
    state: SubscriptionState;
    secret: string;
    created_at: number;
    confirmed_at: number;
    next_at: number;
  };
  digest_outbox: {
    id: string;
    subscription_id: string;
    local_day: string;
    about: string;
    message_id: string;
    domain: string;
    state: OutboxRow['state'];
    due_at: number;
    owner: string | null;
    lease_until: number;
    attempts: number;
    /** JSON of `DigestPlan`. */
    plan: string | null;
    sent_at: number | null;
    error: string | null;
  };
  digest_sent: { subscription_id: string; paper_id: string; outbox_id: string };
  digest_watched: {
    subscription_id: string;
    paper_id: string;
    version: number;
    withdrawn: number;
    code: number;
  };
  suppression: { address_key: string; why: Suppressed['why']; says: string; at: number };
  bounce: {
    id: string;
    outbox_id: string;
    subscription_id: string;
    kind: 'hard' | 'soft' | 'complaint';
    status: string;
    says: string;
    at: number;
  };
  search_alert: { reader: string; search_id: string; way: AlertWay; told_at: number };
}
