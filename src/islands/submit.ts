/** Forms of submissions: how long it takes is shown, a mistake leaves what was written, Ctrl-Enter sends. They work without this. */

const progress = document.querySelector<HTMLElement>('#progress');
const wrong = document.querySelector<HTMLElement>('#wrong');

const complain = (says: string): void => {
  if (!wrong) return;
  wrong.hidden = false;
  wrong.textContent = says;
  wrong.scrollIntoView({ block: 'nearest' });
};

interface Answer {
  readonly location?: unknown;
  readonly error?: unknown;
}

const send = async (form: HTMLFormElement): Promise<void> => {
  const buttons = [...form.querySelectorAll<HTMLButtonElement>('button')];
  const fields = new FormData(form);
  const plain = form.enctype === 'application/x-www-form-urlencoded';
  const body = plain ? new URLSearchParams([...fields].map(([name, value]) => [name, String(value)])) : fields;
  const began = performance.now();
  const tell = (): void => {
    const seconds = Math.floor((performance.now() - began) / 1_000);
    if (progress) progress.textContent = seconds < 2 ? 'One moment…' : `Asking the sources: ${seconds} seconds…`;
  };
  tell();
  const timer = setInterval(tell, 1_000);
  for (const button of buttons) button.disabled = true;
  if (wrong) wrong.hidden = true;
  try {
    const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
    const said = (await answer.json()) as Answer;
    if (answer.ok && typeof said.location === 'string') {
      location.assign(said.location);
      return;
    }
    complain(typeof said.error === 'string' ? said.error : 'It was not taken. Try again.');
  } catch {
    complain('The connection was lost. Nothing you wrote is; try again.');
  } finally {
    clearInterval(timer);
    if (progress) progress.textContent = '';
    for (const button of buttons) button.disabled = false;
  }
};

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-submit]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
