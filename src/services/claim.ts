import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import {
  authorNamed,
  BY_ORCID,
  type Claim,
  type ClaimsShown,
  type ClaimWaiting,
  EVIDENCE_CAP,
  namesAgree,
} from '../model/claim.ts';
import { submissionTarget } from '../model/moderation.ts';
import type { PaperId } from '../model/paper.ts';
import type { Person } from '../model/person.ts';
import type { Reader } from '../model/reader.ts';
import type { Store } from '../store/store.ts';
import { type ModerationDeps, moderate, refusalOf } from './moderation.ts';
import { peopleOf } from './people.ts';

interface Deps {
  readonly store: Pick<Store, 'papers' | 'claims' | 'accounts' | 'linkedSignIns' | 'moderation'>;
  readonly clock: Clock;
}

const ORCID = 'https://orcid.org';
/** Claims of one reader that wait at once. */
const WAITING_MOST = 20;
const QUEUE_MOST = 200;

/** A reader's sign-in at ORCID; null where they have none. */
const orcidOf = async (
  { store }: Deps,
  reader: string,
): Promise<{ readonly iD: string; readonly name: string } | null> => {
  const linked = (await store.linkedSignIns.of(reader)).find(({ issuer }) => issuer === ORCID);
  return linked === undefined ? null : { iD: linked.subject, name: linked.label };
};

/** Who is known to have written a paper, and where who asks stands. */
export const readClaims = async (deps: Deps, paperId: PaperId, reader: Reader | null): Promise<ClaimsShown> => {
  const granted = await deps.store.claims.granted(paperId);
  const people = await peopleOf(
    deps.store,
    granted.map((claim) => claim.reader),
  );
  const authors = new Map(
    granted.flatMap((claim): [string, Person][] => {
      const person = people.get(claim.reader);
      return person === undefined ? [] : [[claim.authorKey, person]];
    }),
  );
  if (reader === null) return { authors, own: null, refusal: null, suggested: null };
  const paper = await deps.store.papers.get(paperId);
  const name = (await orcidOf(deps, reader.id))?.name ?? reader.name;
  const own = await deps.store.claims.get(paperId, reader.id);
  return {
    authors,
    own,
    refusal: own?.state === 'refused' ? await refusalOf(deps, 'claim', submissionTarget(own)) : null,
    suggested: authorNamed(paper?.authors ?? [], name)?.key ?? null,
  };
};

/**
 * Says that a reader is one of a paper's authors. A sign-in at ORCID under a name that agrees with that author's, and with
 * no other author's, is enough; all else waits for a moderator. Said twice it is once; a claim that was refused stays so.
 */
export const claimPaper = async (
  deps: Deps,
  {
    paperId,
    reader,
    authorKey,
    evidence,
  }: { readonly paperId: PaperId; readonly reader: Reader; readonly authorKey: string; readonly evidence: string },
): Promise<Result<Claim, 'not-found' | 'bad-input' | 'forbidden' | 'too-many'>> => {
  const paper = await deps.store.papers.get(paperId);
  if (paper === null) return fail('not-found', 'There is no such paper here.');
  const author = paper.authors.find(({ key }) => key === authorKey);
  if (author === undefined) return fail('bad-input', 'The paper names no such author.');
  const before = await deps.store.claims.get(paperId, reader.id);
  if (before?.state === 'refused') return fail('forbidden', 'A moderator has refused this claim. Write to them.');
  if (before !== null && before.authorKey === authorKey) return ok(before);
  const others = await deps.store.claims.granted(paperId);
  const taken = others.some((claim) => claim.authorKey === authorKey && claim.reader !== reader.id);
  const orcid = await orcidOf(deps, reader.id);
  const proved =
    orcid !== null && !taken && namesAgree(orcid.name, author.name) && authorNamed(paper.authors, orcid.name) !== null;
  const waiting = (await deps.store.claims.of(reader.id)).filter(({ state }) => state === 'requested').length;
  if (!proved && waiting >= WAITING_MOST)
    return fail('too-many', `${WAITING_MOST} claims of yours wait already: a moderator will look at them.`);
  const words = evidence.toWellFormed().replaceAll('\0', '').trim().slice(0, EVIDENCE_CAP).toWellFormed();
  const now = deps.clock.now();
  const claim: Claim = {
    paperId,
    reader: reader.id,
    authorKey,
    evidence: orcid === null ? words : [`ORCID ${orcid.iD}, ${orcid.name}.`, words].join(' ').trim(),
    state: proved ? 'granted' : 'requested',
    requestedAt: now,
    decidedBy: proved ? BY_ORCID : null,
    decidedAt: proved ? now : null,
  };
  await deps.store.claims.put(claim);
  return ok(claim);
};

/** Takes a claim back, one's own. One that was refused stays. */
export const withdrawClaim = async (
  { store }: Pick<Deps, 'store'>,
  { paperId, reader }: { readonly paperId: PaperId; readonly reader: Reader },
): Promise<void> => {
  const claim = await store.claims.get(paperId, reader.id);
  if (claim !== null && claim.state !== 'refused') await store.claims.remove(paperId, reader.id);
};

const DECIDES = { granted: 'grant', refused: 'refuse', requested: 'reopen' } as const;

/** A moderator grants a claim, refuses it, or puts it back among those that wait: a deed of moderation. */
export const decideClaim = async (
  deps: Deps & ModerationDeps,
  {
    paperId,
    of,
    by: actor,
    state,
    reason = '',
  }: {
    readonly paperId: PaperId;
    readonly of: string;
    readonly by: Reader;
    readonly state: Claim['state'];
    readonly reason?: string;
  },
): Promise<Result<Claim, 'not-found' | 'forbidden' | 'bad-input'>> => {
  const target = submissionTarget({ paperId, reader: of });
  const done = await moderate(deps, { actor, kind: 'claim', target, action: DECIDES[state], reason });
  if (!done.ok) return done;
  const claim = await deps.store.claims.get(paperId, of);
  return claim === null ? fail('not-found', 'There is no such claim.') : ok(claim);
};

/** Claims in a state, oldest first. */
export const readClaimQueue = async (deps: Deps, state: Claim['state']): Promise<readonly ClaimWaiting[]> => {
  const claims = await deps.store.claims.in(state, QUEUE_MOST);
  const people = await peopleOf(
    deps.store,
    claims.map(({ reader }) => reader),
  );
  const shown: ClaimWaiting[] = [];
  for (const claim of claims) {
    const paper = await deps.store.papers.get(claim.paperId);
    shown.push({
      claim,
      by: people.get(claim.reader) ?? null,
      title: paper?.title ?? claim.paperId,
      authorName: paper?.authors.find(({ key }) => key === claim.authorKey)?.name ?? claim.authorKey,
    });
  }
  return shown;
};
