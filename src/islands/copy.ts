/** Copies the BibTeX entry or the page's address. The buttons stay hidden without this. */

const textOf = (what: string): string => {
  if (what !== 'link') return document.getElementById(what)?.textContent ?? '';
  return document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href ?? location.href;
};

const SHOWN_MS = 2_000;

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
  if (!navigator.clipboard) break;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const said = await navigator.clipboard.writeText(textOf(button.dataset.copy ?? 'link')).then(
      () => 'Copied',
      () => 'Not copied',
    );
    button.textContent = said;
    const line = document.querySelector('#said');
    if (line) line.textContent = said;
    setTimeout(() => {
      button.textContent = label;
    }, SHOWN_MS);
  });
}
