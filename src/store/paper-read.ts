import { plainId } from '../model/identity.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import { chunks, nextTurn } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import { keyText } from './key.ts';
import { holdOf } from './moderation-turn.ts';
import { paperOf } from './paper-doc.ts';
import { readRaws } from './raw.ts';
import type { Schema } from './schema.ts';
import type { HeldPaper, Store } from './store.ts';

const CARDS = 200;

/** Papers but for those that moderators have taken down. */
const standing = (db: Db) => db.selectFrom('paper').where('paper.held', 'is', null);

const takenDown = ({ id, doc, held }: Pick<Schema['paper'], 'id' | 'doc' | 'held'>): HeldPaper | null => {
  const hold = holdOf(held);
  return hold && { id, title: paperOf(id, doc).title, ...hold };
};

export const readPapers = ({ read }: Engine): Omit<Store['papers'], 'save' | 'known'> => ({
  get: async (id) => {
    const row = await standing(read).select(['id', 'doc']).where('id', '=', keyText(id)).executeTakeFirst();
    return row ? paperOf(row.id, row.doc) : null;
  },
  resolve: async (alias) => {
    const name = keyText(plainId(alias));
    const aliased = await standing(read)
      .innerJoin('paper_alias', 'paper_alias.paper_id', 'paper.id')
      .select('paper_id')
      .where('alias', '=', name)
      .executeTakeFirst();
    if (aliased) return aliased.paper_id;
    const paper = await standing(read)
      .select('id')
      .where('id', 'in', [name, keyText(alias)])
      .executeTakeFirst();
    if (paper) return paper.id;
    const colon = alias.indexOf(':');
    if (colon < 0) return null;
    const sighting = await standing(read)
      .innerJoin('sighting', 'sighting.paper_id', 'paper.id')
      .select('paper_id')
      .where('source', '=', keyText(alias.slice(0, colon)))
      .where('external_id', '=', keyText(alias.slice(colon + 1)))
      .executeTakeFirst();
    return sighting?.paper_id ?? null;
  },
  hold: async (name) => {
    const key = keyText(plainId(name));
    const alias = await read.selectFrom('paper_alias').select('paper_id').where('alias', '=', key).executeTakeFirst();
    const row = await read
      .selectFrom('paper')
      .select(['id', 'doc', 'held'])
      .where('id', 'in', [alias?.paper_id ?? key, keyText(name)])
      .where('held', 'is not', null)
      .executeTakeFirst();
    return row === undefined ? null : takenDown(row);
  },
  held: async (limit) => {
    const rows = await read.selectFrom('paper').select(['id', 'doc', 'held']).where('held', 'is not', null).execute();
    return rows
      .map(takenDown)
      .filter((one) => one !== null)
      .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  },
  cards: async (ids, reader) => {
    const cards = new Map<PaperId, PaperCard>();
    for (const part of chunks([...new Set(ids.map(keyText))], CARDS)) {
      const rows = await standing(read)
        .leftJoin('vote_tally', 'vote_tally.paper_id', 'paper.id')
        .leftJoin('vote', (join) =>
          join.onRef('vote.paper_id', '=', 'paper.id').on('vote.reader', '=', keyText(reader)),
        )
        .leftJoin('letter_tally', 'letter_tally.paper_id', 'paper.id')
        .leftJoin('library', (join) =>
          join
            .onRef('library.paper_id', '=', 'paper.id')
            .on('library.reader', '=', keyText(reader))
            .on('library.removed_at', 'is', null),
        )
        .select((is) => [
          'paper.id',
          'paper.doc',
          'paper.comments',
          'vote_tally.votes',
          'letter_tally.letters',
          'vote.reader',
          'library.saved_at',
          is
            .selectFrom('signal')
            .select(({ fn }) => fn.max('signal.value').as('most'))
            .whereRef('signal.paper_id', '=', 'paper.id')
            .where('signal.name', '=', 'upvotes')
            .as('upvotes'),
        ])
        .where('paper.id', 'in', part)
        .execute();
      for (const { id, doc, comments, votes, letters, reader: voter, saved_at, upvotes } of rows) {
        const mine = { votes: votes ?? 0, voted: voter !== null, saved: saved_at !== null };
        const elsewhere = upvotes !== null && upvotes > 0 ? { upvotes: Math.round(upvotes) } : {};
        cards.set(id, { paper: paperOf(id, doc), ...mine, comments, letters: letters ?? 0, ...elsewhere });
      }
    }
    return ids.flatMap((id) => cards.get(keyText(id)) ?? []);
  },
  all: async function* ({ after = '', batch = 200 } = {}) {
    for (let last = keyText(after); ; ) {
      const rows = await standing(read)
        .select(['id', 'doc'])
        .where('id', '>', last)
        .orderBy('id')
        .limit(batch)
        .execute();
      for (const row of rows) yield paperOf(row.id, row.doc);
      const end = rows.at(-1);
      if (!end || rows.length < batch) return;
      await nextTurn();
      last = end.id;
    }
  },
  raws: readRaws(read),
  history: async (id) => {
    const rows = await read
      .selectFrom('former_text')
      .select(['n', 'body', 'until'])
      .where('paper_id', '=', keyText(id))
      .orderBy('n', 'desc')
      .orderBy('until', 'desc')
      .orderBy('hash')
      .execute();
    return rows.map(({ n, body, until }) => ({ n, ...JSON.parse(body), until: new Date(until).toISOString() }));
  },
  signals: async (ids) => {
    const found: Awaited<ReturnType<Store['papers']['signals']>>[number][] = [];
    for (const part of chunks([...new Set(ids.map(keyText))], CARDS)) {
      const rows = await read
        .selectFrom('signal')
        .selectAll()
        .where('paper_id', 'in', part)
        .orderBy('paper_id')
        .orderBy('source')
        .orderBy('name')
        .execute();
      for (const { paper_id: paperId, source, name, value } of rows) found.push({ paperId, source, name, value });
    }
    return found;
  },
  unplaced: async ({ first, last, limit }) => {
    // Every paper stands in the list of a source, by its day.
    const rows = await read
      .selectFrom('listed')
      .select(['day', 'paper_id'])
      .distinct()
      .where('kind', '=', 'source')
      .where('key', 'in', (is) => is.selectFrom('listing').select('key').where('kind', '=', 'source'))
      .where('day', '>=', keyText(first))
      .where('day', '<=', keyText(last))
      .where('day', '<>', '')
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('placement').select('date').whereRef('placement.paper_id', '=', 'listed.paper_id'))),
      )
      .orderBy('day', 'desc')
      .orderBy('paper_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => row.paper_id);
  },
  count: async () =>
    (await read.selectFrom('listing').select('papers').where('kind', '=', 'all').executeTakeFirst())?.papers ?? 0,
  countsBySource: async () => {
    const rows = await read
      .selectFrom('listing')
      .select(['key', 'papers'])
      .where('kind', '=', 'source')
      .where('papers', '>', 0)
      .orderBy('key')
      .execute();
    return rows;
  },
});
