import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME, settingsDocument } from '../src/config.ts';
import { LABS } from '../src/labs/registry.ts';
import { writeLabsDocument } from '../src/services/standard-runs.ts';

await writeFile(join(HOME, 'docs/configuration.md'), settingsDocument());
await writeLabsDocument(LABS);
console.log('docs/configuration.md and docs/labs.md are written.');
