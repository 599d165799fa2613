/** Works out again while a slider moves. The form works without this. */

const WAIT_MS = 60;

const form = document.querySelector<HTMLFormElement>('#calculator');
let timer = 0;
let asking: XMLHttpRequest | null = null;

const work = (of: HTMLFormElement): void => {
  const fields = new URLSearchParams([...new FormData(of)].map(([name, value]) => [name, String(value)]));
  const address = `${of.action}?${fields}`;
  asking?.abort();
  const request = new XMLHttpRequest();
  asking = request;
  request.open('GET', address);
  // A document is parsed by the request itself: nothing is ever made from text here.
  request.responseType = 'document';
  request.addEventListener('load', () => {
    const next = request.responseXML?.querySelector('#worked');
    if (request.status !== 200 || !next) return;
    document.querySelector('#worked')?.replaceWith(document.adoptNode(next));
    history.replaceState(null, '', address);
  });
  request.send();
};

form?.addEventListener('input', ({ target }) => {
  if (target instanceof HTMLInputElement) {
    const shown = form.querySelector(`output[for="${target.id}"]`);
    if (shown) shown.textContent = target.value;
  }
  clearTimeout(timer);
  timer = setTimeout(() => work(form), WAIT_MS);
});
