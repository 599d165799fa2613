import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DigestLinks, Subscription } from '../model/digest.ts';
import type { PaperId } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import type { Store } from '../store/store.ts';

type Signed = Pick<Subscription, 'id' | 'secret'>;

/** What a signed link may do: see and change the subscription; or save and vote for the papers of one digest. */
export type Purpose = 'manage' | `act ${string}`;

const MAC_LENGTH = 27;

/** A mark nobody can make who does not know the subscription's secret: 160 bits, fit for addresses. */
export const mark = ({ id, secret }: Signed, purpose: string): string =>
  createHmac('sha256', secret).update(`${id} ${purpose}`).digest('base64url').slice(0, MAC_LENGTH);

/** The token of a signed link. */
export const tokenOf = (subscription: Signed, purpose: Purpose): string =>
  `${subscription.id}.${mark(subscription, purpose)}`;

/** The subscription a token was made for, with that purpose; null for any other text. Changes nothing. */
export const readToken = async (
  { store }: { readonly store: Pick<Store, 'subscriptions'> },
  token: string,
  purpose: Purpose,
): Promise<Subscription | null> => {
  const [, id, given] = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{27})$/.exec(token) ?? [];
  if (id === undefined || given === undefined) return null;
  const subscription = await store.subscriptions.get(id);
  if (subscription === null) return null;
  return timingSafeEqual(Buffer.from(mark(subscription, purpose)), Buffer.from(given)) ? subscription : null;
};

/**
 * The addresses of one digest's mail. Pages: `/mail/{token}` preferences (POST changes), `/mail/{token}/unsubscribe` (GET
 * asks, POST unsubscribes), `/mail/{token}/digests/{id}` the copy; `/mail/{act token}/digests/{id}/save?paper=…` and `…/vote?paper=…` (GET
 * asks, POST does), where the act token's purpose is `act {id}`.
 */
export const digestLinks = (
  { publicUrl }: { readonly publicUrl: string },
  subscription: Pick<Subscription, 'id' | 'secret' | 'reader'>,
  digestId: string,
): DigestLinks => {
  const manage = `${publicUrl}/mail/${tokenOf(subscription, 'manage')}`;
  const act = `${publicUrl}/mail/${tokenOf(subscription, `act ${digestId}`)}/digests/${encodeURIComponent(digestId)}`;
  const acting = (verb: 'save' | 'vote') =>
    subscription.reader === null ? null : (id: PaperId) => `${act}/${verb}?${new URLSearchParams({ paper: id })}`;
  return {
    home: `${publicUrl}/`,
    copy: `${manage}/digests/${encodeURIComponent(digestId)}`,
    preferences: manage,
    unsubscribe: `${manage}/unsubscribe`,
    oneClick: `${manage}/unsubscribe`,
    search: (query) => `${publicUrl}/search?${new URLSearchParams({ q: query })}`,
    paper: (id) => publicUrl + href.paper(id),
    letter: (paperId, letterId) => `${publicUrl}${href.paper(paperId)}#letter-${encodeURIComponent(letterId)}`,
    save: acting('save'),
    vote: acting('vote'),
  };
};
