/** The search box as a combobox with a list (ARIA Authoring Practices: editable combobox, list autocomplete). */

interface Suggestion {
  readonly kind: string;
  readonly label: string;
  readonly value: string;
  readonly href?: string;
}

const WAIT_MS = 120;
const SHORTEST = 2;

const attach = (input: HTMLInputElement): void => {
  const box = input.parentElement;
  if (box === null) return;
  const list = document.createElement('ul');
  list.id = 'suggestions';
  list.className = 'suggestions';
  list.role = 'listbox';
  list.ariaLabel = 'Suggestions';
  list.hidden = true;
  box.append(list);
  input.role = 'combobox';
  input.ariaAutoComplete = 'list';
  input.ariaExpanded = 'false';
  input.setAttribute('aria-controls', list.id);

  // Where the results stand under the box already, it offers fewer.
  const few = input.dataset.suggestions;
  let shown: readonly Suggestion[] = [];
  let at = -1;
  let timer = 0;
  let asking: AbortController | null = null;

  const close = (): void => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    at = -1;
    input.ariaExpanded = 'false';
    input.removeAttribute('aria-activedescendant');
  };

  const mark = (next: number): void => {
    at = next;
    [...list.children].forEach((item, index) => {
      item.setAttribute('aria-selected', String(index === at));
    });
    const marked = list.children[at];
    if (marked === undefined) input.removeAttribute('aria-activedescendant');
    else {
      input.setAttribute('aria-activedescendant', marked.id);
      marked.scrollIntoView({ block: 'nearest' });
    }
  };

  const choose = (one: Suggestion): void => {
    close();
    const address = one.href === undefined ? null : new URL(one.href, location.href);
    if (address?.origin === location.origin) location.assign(address);
    else {
      input.value = one.value;
      input.form?.requestSubmit();
    }
  };

  const show = (suggestions: readonly Suggestion[]): void => {
    if (suggestions.length === 0 || document.activeElement !== input) {
      close();
      return;
    }
    shown = suggestions;
    list.replaceChildren(
      ...suggestions.map((one, index) => {
        const item = document.createElement('li');
        item.id = `suggestion-${index}`;
        item.role = 'option';
        const kind = document.createElement('small');
        kind.textContent = one.kind;
        const label = document.createElement('span');
        label.textContent = one.label;
        item.append(label, kind);
        item.addEventListener('pointerdown', (event) => event.preventDefault());
        item.addEventListener('click', () => choose(one));
        return item;
      }),
    );
    list.hidden = false;
    input.ariaExpanded = 'true';
    mark(-1);
  };

  const ask = async (prefix: string): Promise<void> => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(prefix)}${few ? `&limit=${few}` : ''}`, {
        signal: asking.signal,
      });
      if (!answer.ok) return;
      const { suggestions } = (await answer.json()) as { suggestions: readonly Suggestion[] };
      if (input.value.trim() === prefix) show(suggestions);
    } catch {
      // Overtaken by the next letter, or the server is away: the box stays a plain box.
    }
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    const prefix = input.value.trim();
    if (prefix.length < SHORTEST) close();
    else timer = setTimeout(() => void ask(prefix), WAIT_MS);
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || list.hidden) return;
    const { length } = shown;
    const chosen = shown[at];
    if (event.key === 'ArrowDown') mark(at + 1 >= length ? -1 : at + 1);
    else if (event.key === 'ArrowUp') mark(at === -1 ? length - 1 : at - 1);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && chosen !== undefined) choose(chosen);
    else return;
    event.preventDefault();
  });
};

const input = document.querySelector<HTMLInputElement>('#q');
if (input) attach(input);
