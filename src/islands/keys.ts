/** j/k/o/v/s, /, [ and ], ?: the page by keyboard. Loaded only where the reader has not turned it off. */

const stories = (): readonly HTMLAnchorElement[] => [
  ...document.querySelectorAll<HTMLAnchorElement>('.story :is(h2, h3) > a'),
];

const step = (by: number): void => {
  const all = stories();
  const story = document.activeElement?.closest('.story');
  const at = all.findIndex((link) => story?.contains(link));
  const next = all[at === -1 ? (by > 0 ? 0 : all.length - 1) : at + by];
  if (next === undefined) return;
  next.focus({ preventScroll: true });
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  next.closest('.story')?.scrollIntoView({ block: 'nearest', behavior: calm ? 'instant' : 'smooth' });
};

const here = (): Element =>
  document.activeElement?.closest('.story') ?? document.querySelector('.paper') ?? document.body;

const follow = (selector: string): void => document.querySelector<HTMLAnchorElement>(selector)?.click();

const HELP: readonly (readonly [string, string])[] = [
  ['j  k', 'next story, story before'],
  ['o', 'open the story'],
  ['v', 'vote for the story'],
  ['s', 'save the story'],
  ['c', 'write a letter'],
  ['/', 'search'],
  ['[  ]', 'earlier, later'],
  ['?', 'these keys'],
];

let dialog: HTMLDialogElement | null = null;

const element = (name: string, className: string, ...children: readonly (Node | string)[]): HTMLElement => {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
};

const help = (): void => {
  if (dialog === null) {
    dialog = document.createElement('dialog');
    dialog.className = 'keys';
    dialog.setAttribute('aria-label', 'Keys');
    const rows = HELP.map(([key, says]) =>
      element('div', '', element('dt', '', element('kbd', '', key)), element('dd', '', says)),
    );
    const close = element('button', 'button', 'Close');
    close.addEventListener('click', () => dialog?.close());
    dialog.append(element('h2', 'section', 'Keys'), element('dl', 'grammar', ...rows), close);
    document.body.append(dialog);
  }
  if (dialog.open) dialog.close();
  else dialog.showModal();
};

const KEYS: Readonly<Record<string, () => void>> = {
  j: () => step(1),
  k: () => step(-1),
  o: () => here().querySelector<HTMLAnchorElement>(':is(h2, h3) > a, .links a')?.click(),
  v: () => here().querySelector<HTMLButtonElement>('.vote')?.click(),
  s: () => here().querySelector<HTMLButtonElement>('.save')?.click(),
  c: () => document.querySelector<HTMLTextAreaElement>('#letter-body')?.focus(),
  '/': () => {
    const box = document.querySelector<HTMLInputElement>('#q');
    box?.focus();
    box?.select();
  },
  '[': () => follow('.turn [rel=prev]'),
  ']': () => follow('.turn [rel=next]'),
  '?': help,
};

document.addEventListener('keydown', (event) => {
  const target = event.target as Element;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (target.closest('input, textarea, select, [contenteditable]')) return;
  if (dialog?.open && event.key !== '?') return;
  const act = KEYS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});
