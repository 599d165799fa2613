import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { needs } from './needs.mjs';
import { HOME, runNode } from './runtime.mjs';

const TSC = 'node_modules/typescript/bin/tsc';

/** What `npm run …` can do: each a list of commands of our Node, run one after the other until one fails. */
const TASKS = {
  lint: { steps: [['node_modules/@biomejs/biome/bin/biome', 'ci', ...(process.stdout.isTTY ? [] : ['--colors=off'])]] },
  types: {
    steps: [
      [TSC, '--noEmit', '-p', '.'],
      [TSC, '--noEmit', '-p', 'src/islands'],
    ],
  },
  docs: { steps: [['bench/docs.ts']] },
  look: { steps: [['bench/look.ts']], needs: ['chromium'] },
  bench: { steps: [['bench/main.ts']] },
  'test:clients': {
    steps: [['test/clients/run.ts'], ['test/clients/feeds.ts'], ['test/clients/mail.ts']],
    needs: ['opensmtpd'],
  },
  'test:lighthouse': { steps: [['test/lighthouse/run.ts']], needs: ['chromium'] },
  'test:feeds': { steps: [['test/feeds/run.ts']] },
  'test:kill': { steps: [['test/kill/run.ts']] },
  'test:storm': { steps: [['test/storm/run.ts']] },
  'test:mail-days': { steps: [['test/mail-days/run.ts']] },
  'test:mail-kill': { steps: [['test/mail-kill/run.ts']] },
  'test:push-kill': { steps: [['test/push-kill/run.ts']] },
  'test:harvest': { steps: [['test/harvest/run.ts']] },
};

/** `node bin/run.mjs TASK [argument …]`. */
export const main = async ([name, ...args]) => {
  const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : null;
  if (task === null) {
    console.error(`There is no task “${name ?? ''}”. There are: ${Object.keys(TASKS).join(', ')}.`);
    return 64;
  }
  const failed = await ensureInstalled('all');
  if (failed !== null) return failed;
  await needs(task.needs ?? []);
  for (const [script, ...rest] of task.steps) {
    const code = await runNode([join(HOME, script), ...rest, ...args], { cwd: HOME });
    if (code !== 0) return code;
  }
  return 0;
};
