import { DEEDS, mayModerate, mayUndo } from '../model/moderation.ts';
import type { LogLine, Matter, ModerationQueue } from '../model/moderation-page.ts';
import { may, OWNER, type Reader } from '../model/reader.ts';
import { judgeLetter, type SpamVerdict, SUSPICIOUS } from '../model/spam.ts';
import { type ModerationDeps, roleOf, standingOf } from './moderation.ts';
import { peopleOf } from './people.ts';

/** Reports looked at for the queue, and letters and the time they go back for what nobody reported. */
const REPORTS = 500;
const LETTERS = 200;
const LOOK_BACK_MS = 3 * 86_400_000;
/** Papers and submissions taken down that are listed. */
const HELD = 100;
const LOG_PAGE = 50;

const suspects = async ({ store, clock }: ModerationDeps): Promise<ReadonlyMap<string, SpamVerdict>> => {
  const now = clock.now();
  const recent = await store.moderation.recentLetters(now - LOOK_BACK_MS, LETTERS);
  const born = new Map<string, number>();
  for (const author of new Set(recent.map((letter) => letter.author)))
    born.set(author, author === OWNER ? 0 : ((await store.accounts.get(author))?.createdAt ?? 0));
  const judged = recent.map(({ id, author, body }) => {
    const others = recent.filter((other) => other.id !== id).map((other) => other.body);
    return [id, judgeLetter({ body, accountAge: now - (born.get(author) ?? 0), others })] as const;
  });
  return new Map(judged.filter(([, { score }]) => score >= SUSPICIOUS));
};

/** What waits for a moderator: reported letters, letters that look like spam, rings of votes; and the papers and submissions taken down. */
export const readModerationQueue = async (deps: ModerationDeps, reader: Reader): Promise<ModerationQueue> => {
  const { store } = deps;
  const [reports, verdicts, rings, papers, submissions] = await Promise.all([
    store.letters.reports(REPORTS),
    suspects(deps),
    store.moderation.rings(),
    store.papers.held(HELD),
    store.submissions.held(HELD),
  ]);
  const byLetter = Map.groupBy(reports, ({ letterId }) => letterId);
  const ids = [...new Set([...byLetter.keys(), ...verdicts.keys()])];
  const [settled, people] = await Promise.all([
    store.moderation.settled('letter', ids),
    peopleOf(store, [
      ...[...reports, ...submissions].map(({ reader: one }) => one),
      ...rings.flatMap(({ readers }) => readers),
    ]),
  ]);
  const matters: Matter[] = [];
  for (const id of ids) {
    const since = settled.get(id) ?? Number.NEGATIVE_INFINITY;
    const open = (byLetter.get(id) ?? []).filter(({ at }) => at > since);
    const verdict = settled.has(id) ? null : (verdicts.get(id) ?? null);
    const letter = open.length === 0 && verdict === null ? null : await store.letters.get(id);
    if (letter === null) continue;
    const author = { id: letter.author.id, role: await roleOf(deps, letter.author.id) };
    matters.push({
      letter,
      reports: open.map((report) => ({ by: people.get(report.reader) ?? null, reason: report.reason, at: report.at })),
      verdict,
      mayAct: mayModerate(reader, 'hide', author),
    });
  }
  return {
    matters: matters.sort((a, b) => b.reports.length - a.reports.length),
    rings: rings.map(({ id, at, readers }) => ({
      id,
      at,
      people: readers.flatMap((one) => {
        const person = people.get(one);
        return person === undefined ? [] : [{ ...person, id: one }];
      }),
    })),
    papers,
    submissions: submissions.map((submission) => ({ submission, by: people.get(submission.reader) ?? null })),
  };
};

/** The log, latest first; `before` an entry. Nothing of it is private: names and reasons are public, words of letters are not in it. */
export const readModerationLog = async (
  deps: ModerationDeps,
  { reader, before }: { readonly reader: Reader | null; readonly before?: number },
): Promise<{ readonly lines: readonly LogLine[]; readonly more: number | null }> => {
  const found = await deps.store.moderation.log({ limit: LOG_PAGE + 1, ...(before === undefined ? {} : { before }) });
  const entries = found.slice(0, LOG_PAGE);
  const standings = await Promise.all(
    entries.map((entry) =>
      standingOf(deps, entry, entry.action === 'undo' ? DEEDS[entry.kind][0] : entry.action, reader),
    ),
  );
  const people = await peopleOf(deps.store, [
    ...entries.map(({ actor }) => actor),
    ...standings.flatMap((standing) => (standing === null ? [] : [standing.owner.id])),
  ]);
  const lines = entries.map((entry, n) => {
    const standing = standings[n] ?? null;
    const inGroup = standing !== null && standing.group !== null;
    // A group's letters are its own: that one was removed may be known, not whose, where and why.
    const closed = inGroup && !may(reader?.role ?? 'anyone', 'moderator');
    return {
      entry: closed ? { ...entry, actor: '', target: '', reason: '' } : entry,
      inGroup,
      by: closed ? null : (people.get(entry.actor) ?? null),
      to: standing === null || closed ? null : (people.get(standing.owner.id) ?? null),
      mayUndo: reader !== null && standing !== null && mayUndo(reader, entry, standing.owner),
    };
  });
  return { lines, more: found.length > LOG_PAGE ? (entries.at(-1)?.id ?? null) : null };
};
