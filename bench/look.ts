import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { HOME } from '../src/config.ts';
import { axeSource, openBrowser } from '../test/support/browser.ts';
import { startInstance } from '../test/support/instance.ts';

/** Takes a picture of every kind of page, and says what axe finds and how much a page moves while it loads. */

const SETTLE_MS = 150;

interface Shape {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly late: boolean;
  readonly script: boolean;
  /** Whether axe looks too; it is slow. */
  readonly audit?: boolean;
}

const SHAPES: readonly Shape[] = [
  { name: 'wide', width: 1360, height: 900, late: false, script: true, audit: true },
  { name: 'wide-late', width: 1360, height: 900, late: true, script: true, audit: true },
  { name: 'narrow', width: 360, height: 780, late: false, script: true, audit: true },
  { name: 'narrow-late', width: 360, height: 780, late: true, script: true },
  { name: 'reflow', width: 320, height: 640, late: false, script: true },
  { name: 'wide-no-script', width: 1360, height: 900, late: false, script: false },
  { name: 'narrow-no-script', width: 360, height: 780, late: false, script: false },
];

interface Seen {
  readonly page: string;
  readonly shape: string;
  readonly file: string;
  readonly shift: number;
  /** Pixels by which the page is wider than the window. */
  readonly overflow: number;
  readonly violations: readonly string[];
  readonly errors: readonly string[];
}

/** Links of the page at `path` that match; the first one. */
const firstLink = async (origin: string, path: string, pattern: RegExp): Promise<string | null> => {
  const text = await (await fetch(origin + path)).text();
  return pattern.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? null;
};

const STORY = /<h[23]><a href="([^"]+)"/;

const mathPaper = async (origin: string): Promise<string | null> => {
  const text = await (await fetch(`${origin}/?view=wire`)).text();
  for (const [, path] of text.matchAll(new RegExp(STORY, 'g'))) {
    if (path && (await (await fetch(origin + path)).text()).includes('<math')) return path;
  }
  return null;
};

/** A form sent by the owner, who sits at this machine; the address it leads to, or null where the instance is another's. */
const send = async (origin: string, path: string, fields: Readonly<Record<string, string>>): Promise<string | null> => {
  const answer = await fetch(origin + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin },
    body: new URLSearchParams(fields),
  });
  const to = answer.status === 303 ? answer.headers.get('location') : null;
  return to === null ? null : to.replace(origin, '');
};

const LETTER = `The bound in the **second** lemma: $\\sum_i x_i^2 \\ge 0$.\n\n> Who says so?\n\n- one\n- two`;

/** What a reader leaves behind: a saved paper with a note, a letter with an answer, a group with a vote. Done again it is the same. */
const inhabit = async (origin: string): Promise<{ readonly group: string | null; readonly letters: string | null }> => {
  const paper = await firstLink(origin, '/', STORY);
  if (paper === null) return { group: null, letters: null };
  const shelf = { state: 'later', tags: 'thesis, to read', folders: 'Reading/2026', note: 'Compare *this*.' };
  await send(origin, `${paper}/shelf`, shelf);
  await send(origin, '/following', { kind: 'search', key: 'video', wish: '1' });
  await send(origin, '/searches', { q: 'video generation' });
  const letters = await send(origin, `${paper}/letters`, { body: LETTER, key: 'look' });
  const parent = letters?.split('#letter-')[1] ?? '';
  await send(origin, `${paper}/letters`, { body: 'So it is.', key: 'look', parent });
  await send(origin, `/letters/${parent}`, { do: 'edit', body: `${LETTER}\n- three` });
  const group = await send(origin, '/groups', {
    name: 'The Tuesday Paper',
    about: 'We read slowly.',
    visibility: 'private',
    window: '30',
    key: 'look',
  });
  await send(origin, `${group}${paper}/vote`, { vote: '1' });
  await send(origin, `${group}${paper}/letters`, { body: LETTER, key: 'look' });
  return { group, letters };
};

const pagesOf = async (origin: string): Promise<readonly (readonly [name: string, path: string])[]> => {
  const { group, letters } = await inhabit(origin);
  const [, id] = letters?.split('#letter-') ?? [];
  const letter = id === undefined ? null : `/letters/${id}`;
  const answer = id === undefined ? null : `${letters?.split('#')[0]}?reply=${id}#write`;
  const pages: readonly (readonly [string, string | null])[] = [
    ['front', '/'],
    ['wire', '/?view=wire'],
    ['week', await firstLink(origin, '/', /href="(\/papers\/week\/[^"]+)"/)],
    ['month', await firstLink(origin, '/', /href="(\/papers\/month\/[^"]+)"/)],
    ['trending', '/papers/trending'],
    ['editions', '/editions'],
    ['paper', await firstLink(origin, '/', STORY)],
    ['paper-math', await mathPaper(origin)],
    ['organisation', await firstLink(origin, '/', /href="(\/organisations\/[^"]+)"/)],
    ['category', await firstLink(origin, '/', /href="(\/categories\/[^"]+)"/)],
    ['search-home', '/search'],
    ['search', '/search?q=video+generation'],
    ['search-nothing', '/search?q=%22zzzz+qqqq%22'],
    ['ledger', '/ledger'],
    ['ledger-source', '/ledger/daily-page'],
    ['sources', '/sources'],
    ['about', '/about'],
    ['settings', '/settings'],
    ['admin', '/admin'],
    ['moderation', '/moderation'],
    ['moderation-log', '/moderation/log'],
    ['library', '/library'],
    ['library-search', '/search?q=in%3Alibrary'],
    ['following', '/following'],
    ['searches', '/searches'],
    ['submit', '/submit'],
    ['notifications', '/notifications'],
    ['profile', '/readers/owner'],
    ['profile-edit', '/readers/owner/edit'],
    ['groups', '/groups'],
    ['group-new', '/groups/new'],
    ['group', group],
    [
      'group-paper',
      group === null ? null : await firstLink(origin, group, new RegExp(`<h[23]><a href="(${group}/papers/[^"]+)"`)),
    ],
    ['group-agenda', group === null ? null : `${group}/agenda`],
    ['group-members', group === null ? null : `${group}/members`],
    ['paper-letters', letters],
    ['letter-form', answer],
    ['letter-history', letter === null ? null : `${letter}/history`],
    ['letter-report', letter === null ? null : `${letter}/report`],
    ['not-found', '/papers/no-such-paper'],
  ];
  return pages.flatMap(([name, path]) => (path === null ? [] : [[name, path] as const]));
};

const layoutShift = (): Promise<number> =>
  new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift' as never, buffered: true });
    setTimeout(() => resolve(sum), 50);
  });

interface Axe {
  run(): Promise<{
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  }>;
}

const axeViolations = async (): Promise<readonly string[]> => {
  const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
  return violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 100)}`);
};

const look = async (
  browser: Browser,
  axe: string,
  url: string,
  page: string,
  shape: Shape,
  folder: string,
): Promise<Seen> => {
  const context = await browser.newContext({
    viewport: { width: shape.width, height: shape.height },
    colorScheme: shape.late ? 'dark' : 'light',
    javaScriptEnabled: shape.script,
    bypassCSP: true,
  });
  try {
    const tab = await context.newPage();
    const errors: string[] = [];
    tab.on('pageerror', (error) => errors.push(error.message));
    tab.on('console', (said) => {
      if (said.type() === 'error' && page !== 'not-found') errors.push(said.text());
    });
    await tab.goto(url, { waitUntil: 'load' });
    await tab.waitForTimeout(SETTLE_MS);
    const file = `${page}-${shape.name}.png`;
    await tab.screenshot({ path: join(folder, file) });
    if (!shape.script) return { page, shape: shape.name, file, shift: 0, overflow: 0, violations: [], errors };
    const shift = await tab.evaluate(layoutShift);
    const overflow = await tab.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)');
    if (shape.audit) await tab.evaluate(axe);
    const violations = shape.audit ? await tab.evaluate(axeViolations) : [];
    return {
      page,
      shape: shape.name,
      file,
      shift,
      overflow: overflow as number,
      violations,
      errors,
    };
  } finally {
    await context.close();
  }
};

const indexOf = (seen: readonly Seen[]): string => {
  const pages = [...new Set(seen.map((one) => one.page))];
  const figure = (one: Seen): string =>
    `<figure><a href="${one.file}"><img src="${one.file}" alt="" loading="lazy" height="300"></a><figcaption>${one.shape}</figcaption></figure>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>The look of Broadsheet</title>
<style>body{font:16px system-ui;margin:2rem}div{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0}img{border:1px solid #999}</style>
<h1>The look of Broadsheet</h1>
${pages
  .map(
    (page) =>
      `<h2>${page}</h2><div>${seen
        .filter((one) => one.page === page)
        .map(figure)
        .join('')}</div>`,
  )
  .join('\n')}\n`;
};

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    out: { type: 'string', default: join(HOME, 'look') },
    only: { type: 'string', multiple: true },
  },
});

await using instance = values.url === undefined ? await startInstance() : null;
const origin = values.url ?? instance?.origin ?? '';
const folder = values.out;
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const axe = await axeSource();
const browser = await openBrowser();
const seen: Seen[] = [];
try {
  for (const [page, path] of await pagesOf(origin)) {
    if (values.only !== undefined && !values.only.includes(page)) continue;
    for (const shape of SHAPES) {
      const one = await look(browser, axe, origin + path, page, shape, folder);
      seen.push(one);
      const faults = [...one.violations, ...one.errors, ...(one.overflow > 0 ? [`${one.overflow} px too wide`] : [])];
      console.log(
        `${page.padEnd(15)} ${one.shape.padEnd(17)} shift ${one.shift.toFixed(3)}  ${faults.join('; ') || 'clean'}`,
      );
    }
  }
} finally {
  await browser.close();
}
await writeFile(join(folder, 'index.html'), indexOf(seen));
const faulty = seen.filter((one) => one.violations.length + one.errors.length + one.overflow + one.shift > 0);
console.log(
  `${seen.length} pictures in ${folder}; ${faulty.length === 0 ? 'nothing to mend' : `${faulty.length} with something to mend`}.`,
);
if (faulty.length > 0) process.exitCode = 1;
