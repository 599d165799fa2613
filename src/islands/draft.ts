/**
 * Forms marked `data-keep`: what is written in their text outlives a lost connection or a closed page, until the server has
 * it. The form works without this.
 */

interface Kept {
  /** What the server had when it was written. */
  readonly from: string;
  readonly text: string;
}

const read = (name: string): Kept | null => {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? 'null') as Partial<Kept> | null;
    return typeof kept?.from === 'string' && typeof kept.text === 'string'
      ? { from: kept.from, text: kept.text }
      : null;
  } catch {
    return null;
  }
};

const keep = (name: string, kept: Kept | null): void => {
  try {
    if (kept === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(kept));
  } catch {
    // Full or forbidden: it is only in the form then.
  }
};

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-keep]')) {
  const area = form.querySelector('textarea');
  const notice = form.querySelector<HTMLElement>('[role=alert]');
  if (!area || !notice) continue;
  const name = `draft ${form.dataset.keep ?? ''}`;
  // What the server has, and not what the browser put back into the form by itself.
  const given = area.defaultValue;
  const kept = read(name);
  if (kept !== null && kept.text !== given) {
    area.value = kept.text;
    area.closest('details')?.setAttribute('open', '');
    notice.hidden = false;
    notice.textContent =
      kept.from === given
        ? 'This is what you had written and not yet saved.'
        : 'This is what you had written and not yet saved. What is saved has changed since: saving this puts it in its place.';
  } else keep(name, null);
  area.addEventListener('input', () => keep(name, area.value === given ? null : { from: given, text: area.value }));
}
