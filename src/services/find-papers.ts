import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { readCitationPage } from '../model/citation-page.ts';
import { identifiersIn } from '../model/identifier.ts';
import { plainId } from '../model/identity.ts';
import type { PaperDraft, PaperId } from '../model/paper.ts';
import { FILE_CAP, MOST_AT_ONCE, WEB_PAGE } from '../model/submission.ts';
import type { Source } from '../ports/source.ts';
import type { Incoming, Store } from '../store/store.ts';
import { batchOf } from './harvest-batch.ts';
import { type LookupDeps, refusalOf } from './lookup.ts';
import { resolveIds } from './resolve-ids.ts';

/** A paper that was found: one that is here, or one that could be taken in. */
export type Found =
  | { readonly kind: 'known'; readonly paperId: PaperId }
  | { readonly kind: 'new'; readonly incoming: Incoming };

export interface Finding {
  readonly found: readonly Found[];
  /** Identifiers that nobody knows. */
  readonly missing: readonly PaperId[];
  /** Sources that did not answer, one sentence each. */
  readonly failures: readonly string[];
}

export interface FindDeps extends LookupDeps {
  readonly store: { readonly papers: Pick<Store['papers'], 'resolve'> };
  readonly sources: readonly Source[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Formats in which readers hand papers in. */
const BIBLIOGRAPHIES: ReadonlySet<string> = new Set(['bibtex', 'ris', 'csl-json']);
/** A person waits. */
const PATIENCE_MS = 15_000;
const PAGE_GAP_MS = 1_000;
const LONGEST_TEXT = 20_000;
const HEAD = 4_096;

const namesOf = ({ id, doi, aliases = [] }: PaperDraft): readonly PaperId[] =>
  [id, doi === null ? null : `doi:${doi}`, ...aliases].filter((name) => name !== null).map(plainId);

const knownAs = async ({ store }: FindDeps, names: readonly PaperId[]): Promise<PaperId | null> => {
  for (const name of names) {
    const id = await store.papers.resolve(name);
    if (id !== null) return id;
  }
  return null;
};

const foundOf = async (deps: FindDeps, incoming: Incoming): Promise<Found> => {
  const paperId = await knownAs(deps, namesOf(incoming.draft));
  return paperId === null ? { kind: 'new', incoming } : { kind: 'known', paperId };
};

/** Each paper once: by its id where it is here, else by any of its names. */
const distinct = (found: readonly Found[]): readonly Found[] => {
  const seen = new Set<string>();
  return found.filter((one) => {
    const names =
      one.kind === 'known' ? [one.paperId] : [...namesOf(one.incoming.draft), `title ${one.incoming.draft.title}`];
    const isNew = !names.some((name) => seen.has(name));
    for (const name of names) seen.add(name);
    return isNew;
  });
};

/** Asks the sources for papers by name; what they say is kept in hand, not in the store. */
const resolved = async (deps: FindDeps, ids: readonly PaperId[]): Promise<Finding> => {
  const inHand: Incoming[] = [];
  const named = (id: PaperId): Incoming | undefined => inHand.find(({ draft }) => namesOf(draft).includes(plainId(id)));
  const store = {
    papers: {
      resolve: async (id: PaperId) => (await deps.store.papers.resolve(id)) ?? (named(id) === undefined ? null : id),
      save: async (batch: readonly Incoming[]) => {
        inHand.push(...batch);
        return [];
      },
    },
  };
  const report = await resolveIds({ ...deps, store }, { ids, patienceMs: PATIENCE_MS });
  if (!report.ok) return { found: [], missing: [], failures: [report.message] };
  const found: Found[] = [];
  for (const id of ids) {
    const paperId = await deps.store.papers.resolve(id);
    const incoming = named(id);
    if (paperId !== null) found.push({ kind: 'known', paperId });
    else if (incoming !== undefined) found.push(await foundOf(deps, incoming));
  }
  return {
    found: distinct(found),
    missing: report.value.missing,
    failures: report.value.failures.map(({ reason }) => reason),
  };
};

const decoded = (body: Uint8Array, contentType: string): string => {
  const head = new TextDecoder('latin1').decode(body.subarray(0, HEAD));
  const label =
    /charset=["']?([\w-]+)/i.exec(contentType)?.[1] ?? /<meta[^>]{0,200}charset=["']?([\w-]+)/i.exec(head)?.[1];
  try {
    return new TextDecoder(label ?? 'utf-8').decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
};

/** Reads a page of another site. The sources' word on what it names stands above the page's own. */
const onPage = async (deps: FindDeps, address: URL): Promise<Result<Finding, 'bad-input' | 'source-unavailable'>> => {
  try {
    const answer = await deps.fetcher.fetch(
      { url: address.href, accepts: ['text/html', 'application/xhtml+xml'] },
      { manners: { key: `page ${address.host}`, gapMs: PAGE_GAP_MS }, patienceMs: PATIENCE_MS },
    );
    if (answer.status !== 200)
      return fail(
        'bad-input',
        `${address.host} answered with ${answer.status}: there is no page to read at this address.`,
      );
    const html = decoded(answer.body, answer.headers['content-type'] ?? '');
    const { ids, draft } = readCitationPage(html, answer.url);
    const named = await resolved(deps, ids.slice(0, 1));
    if (named.found.length > 0) return ok(named);
    if (draft === null)
      return fail(
        'bad-input',
        `Nothing was found at ${address.host}: the page names no paper by arXiv id or DOI, nor by title and authors. Paste its DOI, or hand in its BibTeX.`,
      );
    const raw = JSON.stringify({ url: answer.url, draft });
    return ok({ found: [await foundOf(deps, { source: WEB_PAGE, draft, raw })], missing: [], failures: [] });
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === null) throw error;
    deps.log.info({ host: address.host, reason }, 'a page could not be read');
    return fail('source-unavailable', `The page could not be read. ${reason}`);
  }
};

/** Papers of a bibliography; what an identifier stands for is asked of the sources first. */
const inBibliography = async (
  deps: FindDeps,
  file: { readonly name: string; readonly bytes: Uint8Array },
): Promise<Result<Finding, 'bad-input'>> => {
  const head = new TextDecoder().decode(file.bytes.subarray(0, HEAD));
  const source = deps.sources.find(
    ({ id, recognises }) => BIBLIOGRAPHIES.has(id) && recognises({ name: file.name, head }),
  );
  if (source === undefined) return fail('bad-input', 'That is neither BibTeX nor RIS nor CSL-JSON.');
  const drafts: Incoming[] = [];
  for await (const entry of source.parse(
    (async function* () {
      yield file.bytes;
    })(),
  )) {
    const { incoming } = await batchOf(source, [entry]);
    drafts.push(...incoming);
    if (drafts.length > MOST_AT_ONCE)
      return fail('bad-input', `At most ${MOST_AT_ONCE} papers are submitted at once: hand in a part of the list.`);
    await breathe();
  }
  if (drafts.length === 0)
    return fail('bad-input', 'No paper was found in it: each needs a title, and authors or a year.');
  const ids = drafts.flatMap(({ draft: { id } }) => (id !== null && /^(?:arxiv|doi|openreview):/.test(id) ? [id] : []));
  const known = await resolved(deps, ids);
  const found: Found[] = [];
  for (const incoming of drafts) {
    const names = namesOf(incoming.draft);
    const better = known.found.find(
      (one) => one.kind === 'new' && namesOf(one.incoming.draft).some((name) => names.includes(name)),
    );
    found.push(better ?? (await foundOf(deps, incoming)));
  }
  return ok({ found: distinct(found), missing: [], failures: [] });
};

const addressIn = (text: string): URL | null => {
  const word = text.trim();
  if (/\s/.test(word)) return null;
  const address = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(word) ? word : `https://${word}`);
  const isPage =
    address !== null && /^https?:$/.test(address.protocol) && address.username === '' && address.password === '';
  return isPage && (address.hostname.includes('.') || address.port !== '') ? address : null;
};

/**
 * The papers that a text names (arXiv ids, DOIs, OpenReview and other addresses, or pasted BibTeX, RIS or CSL-JSON), or
 * that a file of one of those formats holds. Nothing is stored. Fails with one sentence: `bad-input` where it names none,
 * `source-unavailable` where nobody who could know answers.
 */
export const findPapers = async (
  deps: FindDeps,
  asked: { readonly text: string; readonly file: { readonly name: string; readonly bytes: Uint8Array } | null },
): Promise<Result<Finding, 'bad-input' | 'source-unavailable' | 'too-large'>> => {
  if (asked.file !== null)
    return asked.file.bytes.byteLength > FILE_CAP
      ? fail('too-large', `A bibliography has at most ${FILE_CAP / 1024 / 1024} MiB.`)
      : inBibliography(deps, asked.file);
  const text = asked.text.trim();
  if (text === '') return fail('bad-input', 'Nothing was pasted: write an arXiv id, a DOI, or the address of a page.');
  if (text.length > LONGEST_TEXT) return fail('too-large', 'That is too long to be pasted: hand it in as a file.');
  if (/^\s*(?:@\w+\s*[{(]|TY {2}-|[[{])/.test(text))
    return inBibliography(deps, { name: '', bytes: Buffer.from(text) });
  const ids = identifiersIn(text).map(({ id }) => id);
  if (ids.length > MOST_AT_ONCE) return fail('bad-input', `At most ${MOST_AT_ONCE} papers are submitted at once.`);
  const address = addressIn(text);
  if (ids.length === 0)
    return address === null
      ? fail('bad-input', 'That names no paper: write an arXiv id, a DOI, or the address of a page.')
      : onPage(deps, address);
  const finding = await resolved(deps, ids);
  if (finding.found.length > 0) return ok(finding);
  if (/^https?:/i.test(text) && address !== null) return onPage(deps, address);
  if (finding.failures.length > 0)
    return fail('source-unavailable', `${finding.failures.join(' ')} Try again in a while, or hand in its BibTeX.`);
  return fail('bad-input', `Nobody knows ${finding.missing.join(', ')}: look at the spelling, or hand in its BibTeX.`);
};
