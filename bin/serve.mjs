import { ensureInstalled } from './install.mjs';
import { runNode } from './runtime.mjs';

/** `npm start`: what is missing is installed, then Broadsheet serves. */
export const main = async (args) =>
  (await ensureInstalled('production')) ?? runNode(['--max-semi-space-size=4', 'src/main.ts', 'serve', ...args]);
