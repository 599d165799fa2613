import { cpus, totalmem } from 'node:os';
import { community } from './community.ts';
import { feeds } from './feeds.ts';
import { frontPage } from './front-page.ts';
import { importMillion, importPapers } from './import.ts';
import { instance } from './instance.ts';
import { labs } from './labs.ts';
import { mail } from './mail.ts';
import { type Bench, MB, type Row, table } from './row.ts';
import { search } from './search.ts';
import { searchAtScale, searchThreeMillion } from './search-scale.ts';

/** Everything `npm run bench` measures; `npm run bench -- NAME …` runs some. */
const BENCHES: Readonly<Record<string, Bench>> = {
  instance,
  'front-page': frontPage,
  community,
  feeds,
  'search-page': search,
  import: importPapers,
  mail,
  labs,
};

/** Only when named: they take minutes. */
const LONG: Readonly<Record<string, Bench>> = {
  search: searchAtScale,
  'search-3m': searchThreeMillion,
  'import-million': importMillion,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES || name in LONG));
if (unknown.length > 0) {
  console.error(
    `There is no bench called ${unknown.join(', ')}: there are ${Object.keys({ ...BENCHES, ...LONG }).join(', ')}.`,
  );
  process.exit(64);
}

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${MB(totalmem())} of memory`,
);
const rows: Row[] = [];
for (const [name, bench] of Object.entries({ ...BENCHES, ...LONG })) {
  if (wanted.length > 0 ? !wanted.includes(name) : name in LONG) continue;
  console.log(`${name} …`);
  rows.push(...(await bench()));
}
console.log(`\n${table(rows)}`);
