/** Votes and saves without leaving the page: shown at once, taken back when the server says no. The form works without this. */

interface Tally {
  readonly votes: number;
  readonly voted: boolean;
}

const isTally = (value: unknown): value is Tally =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Tally).votes === 'number' &&
  typeof (value as Tally).voted === 'boolean';

const say = (text: string): void => {
  const line = document.querySelector('#said');
  if (line) line.textContent = text;
};

const LABEL = /^[\d,]+ votes?/;

const twins = (button: HTMLButtonElement): readonly HTMLButtonElement[] =>
  [...document.querySelectorAll<HTMLButtonElement>('.vote')].filter((one) => one.formAction === button.formAction);

const read = (button: HTMLButtonElement): Tally => ({
  votes: Number((button.textContent ?? '').replace(/\D/g, '')),
  voted: button.getAttribute('aria-pressed') === 'true',
});

const show = (button: HTMLButtonElement, { votes, voted }: Tally): void => {
  const count = votes.toLocaleString('en-GB');
  for (const one of twins(button)) {
    const figure = one.querySelector('span');
    if (figure) figure.textContent = votes === 0 ? '' : count;
    one.value = voted ? '0' : '1';
    one.setAttribute('aria-pressed', String(voted));
    const label = one.getAttribute('aria-label') ?? '';
    one.setAttribute('aria-label', label.replace(LABEL, `${count} ${votes === 1 ? 'vote' : 'votes'}`));
  }
};

const busy = new Set<string>();

/** Asks in a way that outlives the page: who presses and leaves at once has pressed. */
const send = (address: string, body: URLSearchParams): Promise<Response> =>
  fetch(address, { method: 'POST', body, headers: { accept: 'application/json' }, keepalive: true });

const vote = async (button: HTMLButtonElement): Promise<void> => {
  const address = button.formAction;
  if (busy.has(address)) return;
  busy.add(address);
  const before = read(button);
  const body = new URLSearchParams({ vote: button.value });
  show(button, { votes: Math.max(0, before.votes + (before.voted ? -1 : 1)), voted: !before.voted });
  try {
    const answer = await send(address, body);
    const tally: unknown = await answer.json().catch(() => null);
    if (answer.status === 401 && typeof (tally as { signIn?: unknown } | null)?.signIn === 'string') {
      location.assign((tally as { signIn: string }).signIn);
      return;
    }
    if (!answer.ok || !isTally(tally)) throw new Error(`The vote was answered with ${answer.status}.`);
    show(button, tally);
    say(`${tally.voted ? 'Voted' : 'Vote taken back'}: ${tally.votes} ${tally.votes === 1 ? 'vote' : 'votes'}.`);
  } catch {
    show(button, before);
    say('The vote was not taken. Try again.');
  } finally {
    busy.delete(address);
  }
};

const showSaved = (address: string, saved: boolean): void => {
  for (const one of document.querySelectorAll<HTMLButtonElement>('.save')) {
    if (one.formAction !== address) continue;
    one.value = saved ? '0' : '1';
    one.setAttribute('aria-pressed', String(saved));
  }
};

const save = async (button: HTMLButtonElement): Promise<void> => {
  const address = button.formAction;
  if (busy.has(address)) return;
  busy.add(address);
  const wish = button.value === '1';
  const body = new URLSearchParams({ save: button.value });
  showSaved(address, wish);
  try {
    const { ok } = await send(address, body);
    if (!ok) throw new Error('It was not saved.');
    say(wish ? 'Saved to your library.' : 'Taken out of your library.');
  } catch {
    showSaved(address, !wish);
    say('It was not saved. Try again.');
  } finally {
    busy.delete(address);
  }
};

document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement)) return;
  const act = button.classList.contains('vote') ? vote : button.classList.contains('save') ? save : null;
  if (act === null) return;
  event.preventDefault();
  void act(button);
});
