import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME, settingsDocument } from '../src/config.ts';

await writeFile(join(HOME, 'docs/configuration.md'), settingsDocument());
console.log('docs/configuration.md is written.');
