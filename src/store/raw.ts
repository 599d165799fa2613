import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { chunks, insertRows } from './bulk.ts';
import type { Db } from './engine.ts';
import { digest, keyText } from './key.ts';
import type { Store } from './store.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Records compressed together: neighbours are alike, so a pack is half the size of its records alone, and quicker. */
const PACK = 100;

export interface RawRecord {
  readonly sourceKey: string;
  readonly externalKey: string;
  readonly rawHash: string;
  /** The record as a JSON string, which keeps what UTF-8 cannot: lone surrogates. */
  readonly json: string;
}

interface Pack {
  readonly records: readonly RawRecord[];
  readonly id: string;
  readonly body: Uint8Array;
}

/** A pack goes through in one piece, and at this level in half the time for 4 % more bytes. */
const COMPRESSION = { chunkSize: 131_072, params: { [constants.ZSTD_c_compressionLevel]: 2 } };

/** Compresses off this thread, one pack after another: many at once take twice the time of the processor. */
export const packRaws = async (records: readonly RawRecord[]): Promise<readonly Pack[]> => {
  const packs: Pack[] = [];
  for (const part of chunks(records, PACK)) {
    const text = `[${part.map((record) => record.json).join(',')}]`;
    // Copied: a message to another thread would take the whole buffer along that this is the beginning of.
    packs.push({ records: part, id: digest(text), body: new Uint8Array(await compress(text, COMPRESSION)) });
  }
  return packs;
};

/** Keeps records byte for byte; those that are kept already stay as they are. */
export const writeRaws = async (db: Db, packs: readonly Pack[], now: number): Promise<void> => {
  for (const { records, id, body } of packs) {
    await insertRows(db, 'raw_pack', [{ id, body }], 'ON CONFLICT (id) DO NOTHING');
    const rows = records.map(({ sourceKey, externalKey, rawHash }, place) => ({
      source: sourceKey,
      external_id: externalKey,
      hash: rawHash,
      pack_id: id,
      place,
      seen_at: now,
    }));
    await insertRows(db, 'raw_record', rows, 'ON CONFLICT (source, external_id, hash) DO NOTHING');
  }
};

/** Whether each record is kept already, or is another record's twin further up. */
export const areKept = async (db: Db, records: readonly RawRecord[]): Promise<readonly boolean[]> => {
  const key = (source: string, externalId: string, hash: string): string => JSON.stringify([source, externalId, hash]);
  const there = new Set<string>();
  for (const [source, ofSource] of Map.groupBy(records, (record) => record.sourceKey)) {
    for (const part of chunks(ofSource, 500)) {
      const rows = await db
        .selectFrom('raw_record')
        .select(['external_id', 'hash'])
        .where('source', '=', source)
        .where(
          'external_id',
          'in',
          part.map((record) => record.externalKey),
        )
        .execute();
      for (const row of rows) there.add(key(source, row.external_id, row.hash));
    }
  }
  return records.map(({ sourceKey, externalKey, rawHash }) => {
    const name = key(sourceKey, externalKey, rawHash);
    const isThere = there.has(name);
    there.add(name);
    return isThere;
  });
};

const PAGE = 100;

export const readRaws = (db: Db): Store['papers']['raws'] =>
  async function* (source) {
    let after = { external_id: '', seen_at: 0, hash: '' };
    const packs = new Map<string, readonly string[]>();
    for (;;) {
      const rows = await db
        .selectFrom('raw_record')
        .select(['external_id', 'seen_at', 'hash', 'pack_id', 'place'])
        .where('source', '=', keyText(source))
        .where('external_id', '>=', after.external_id)
        .where((is) =>
          is.or([
            is('external_id', '>', after.external_id),
            is('seen_at', '>', after.seen_at),
            is.and([is('seen_at', '=', after.seen_at), is('hash', '>', after.hash)]),
          ]),
        )
        .orderBy('external_id')
        .orderBy('seen_at')
        .orderBy('hash')
        .limit(PAGE)
        .execute();
      if (packs.size > PAGE) packs.clear();
      const wanted = [...new Set(rows.map((row) => row.pack_id))].filter((id) => !packs.has(id));
      for (const { id, body } of wanted.length === 0
        ? []
        : await db.selectFrom('raw_pack').selectAll().where('id', 'in', wanted).execute()) {
        packs.set(id, JSON.parse((await decompress(body)).toString('utf8')));
      }
      for (const row of rows) {
        const raw = packs.get(row.pack_id)?.[row.place];
        if (raw !== undefined) yield { externalId: row.external_id, raw };
        after = row;
      }
      if (rows.length < PAGE) return;
    }
  };
