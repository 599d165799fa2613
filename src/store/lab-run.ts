import type { RunRecord } from '../labs/contract.ts';
import { insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { keyText } from './key.ts';
import type { Store } from './store.ts';

export const labRuns = ({ read, write }: Engine): Store['labRuns'] => ({
  put: (record, ranAt) =>
    write((db) =>
      insertRows(
        db,
        'lab_run',
        [
          {
            lab: keyText(record.lab),
            version: record.version,
            preset: record.preset ?? '',
            seeds: record.seeds.length,
            ran_at: ranAt,
            hash: record.hash,
            record: JSON.stringify(record),
          },
        ],
        'ON CONFLICT (lab, version, preset) DO UPDATE SET seeds = excluded.seeds, ran_at = excluded.ran_at, hash = excluded.hash, record = excluded.record',
      ),
    ),
  list: async () =>
    (
      await read
        .selectFrom('lab_run')
        .select(['lab', 'version', 'preset', 'seeds', 'ran_at'])
        .orderBy('ran_at', 'desc')
        .orderBy('lab')
        .orderBy('version')
        .orderBy('preset')
        .execute()
    ).map(({ ran_at: ranAt, ...row }) => ({ ...row, ranAt })),
  of: async (lab, version) => {
    const rows = await read
      .selectFrom('lab_run')
      .select(['record', 'ran_at'])
      .where('lab', '=', keyText(lab))
      .where('version', '=', version)
      .orderBy('preset')
      .execute();
    return rows.map((row) => ({ record: JSON.parse(row.record) as RunRecord, ranAt: row.ran_at }));
  },
});
