/**
 * The form of letters: a preview as one writes, a draft that outlives a lost connection or a closed page, Ctrl-Enter. The form
 * works without this.
 */

interface Draft {
  readonly body: string;
  readonly key: string;
}

const PREVIEW_AFTER_MS = 400;

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string };
}

/** Markup of letters comes clean from our own server; this says so to the browser. */
const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('letters', {
  createHTML: (html) => html,
});

const read = (name: string): Draft | null => {
  try {
    const draft: unknown = JSON.parse(localStorage.getItem(name) ?? 'null');
    const { body, key } = (draft ?? {}) as Partial<Draft>;
    return typeof body === 'string' && typeof key === 'string' ? { body, key } : null;
  } catch {
    return null;
  }
};

const keep = (name: string, draft: Draft | null): void => {
  try {
    if (draft === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(draft));
  } catch {
    // Full or forbidden: the letter is only in the form then.
  }
};

const say = (text: string): void => {
  const line = document.querySelector('#said');
  if (line) line.textContent = text;
};

const reasonOf = async (answer: Response): Promise<string> => {
  const said: unknown = await answer.json().catch(() => null);
  const { error } = (said ?? {}) as { error?: unknown };
  return typeof error === 'string' ? error : 'The letter was not taken. It is kept here; try again in a moment.';
};

const enhance = (form: HTMLFormElement): void => {
  const text = form.querySelector<HTMLTextAreaElement>('textarea[name=body]');
  const key = form.querySelector<HTMLInputElement>('[name=key]');
  const preview = form.querySelector<HTMLElement>('.preview');
  const notice = form.querySelector<HTMLElement>('[role=alert]');
  const [send, look] = form.querySelectorAll<HTMLButtonElement>('button[name=do]');
  if (!text || !key || !preview || !notice || !send) return;
  const name = `letter ${form.dataset.draft ?? ''}`;
  const asGiven = text.value;

  const tell = (problem: string | null): void => {
    notice.hidden = problem === null;
    notice.textContent = problem ?? '';
  };

  const keepDraft = (): void =>
    keep(name, text.value.trim() === '' || text.value === asGiven ? null : { body: text.value, key: key.value });

  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  const show = async (): Promise<void> => {
    const turn = ++asked;
    if (text.value.trim() === '') {
      preview.hidden = true;
      return;
    }
    try {
      const body = new URLSearchParams({ body: text.value });
      const answer = await fetch(form.dataset.preview ?? '', {
        method: 'POST',
        body,
        headers: { accept: 'application/json' },
      });
      const { html } = (await answer.json()) as { html?: unknown };
      if (turn !== asked || !answer.ok || typeof html !== 'string') return;
      const box = document.createElement('div');
      box.className = 'letter-body';
      box.innerHTML = (trusted?.createHTML(html) ?? html) as string;
      preview.replaceChildren(box);
      preview.hidden = false;
    } catch {
      // No connection: the preview stays as it was.
    }
  };

  const previewSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(show, PREVIEW_AFTER_MS);
  };

  let busy = false;
  const post = async (): Promise<void> => {
    if (busy) return;
    if (text.value.trim() === '') {
      tell('There is nothing in the letter yet.');
      text.focus();
      return;
    }
    busy = true;
    send.setAttribute('aria-disabled', 'true');
    keepDraft();
    tell(null);
    const body = new URLSearchParams();
    for (const [field, value] of new FormData(form, send)) if (typeof value === 'string') body.append(field, value);
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
      if (!answer.ok) {
        tell(await reasonOf(answer));
        return;
      }
      const { id } = (await answer.json()) as { id: string };
      keep(name, null);
      say('The letter is sent.');
      location.assign(`/letters/${id}`);
    } catch {
      tell(
        'The connection was lost. Your letter is kept here, also when you close the page; send it again when you are back.',
      );
    } finally {
      busy = false;
      send.removeAttribute('aria-disabled');
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.submitter === look && look !== undefined) void show();
    else void post();
  });
  text.addEventListener('input', () => {
    keepDraft();
    previewSoon();
  });
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    void post();
  });

  const draft = read(name);
  if (draft !== null && draft.body !== text.value) {
    // The key goes with the words: what was sent once, and not heard of, is the same letter when it is sent again.
    text.value = draft.body;
    key.value = draft.key;
    tell('This is what you had written and not yet sent.');
    void show();
  }
  if (location.hash === `#${form.id}`) text.focus();
};

for (const form of document.querySelectorAll<HTMLFormElement>('form.letter-form[data-draft]')) enhance(form);
