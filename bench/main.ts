import { cpus, totalmem } from 'node:os';
import { frontPage } from './front-page.ts';
import { importPapers } from './import.ts';
import { instance } from './instance.ts';
import { type Bench, MB, type Row, table } from './row.ts';
import { search } from './search.ts';

/** Everything `npm run bench` measures; `npm run bench -- NAME …` runs some. */
const BENCHES: Readonly<Record<string, Bench>> = { instance, 'front-page': frontPage, search, import: importPapers };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench called ${unknown.join(', ')}: there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(64);
}

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${MB(totalmem())} of memory`,
);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`${name} …`);
  rows.push(...(await bench()));
}
console.log(`\n${table(rows)}`);
