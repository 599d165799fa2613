/** Results under the box while one types. The form works without this; on a connection that is slow or saves data it is left to. */

const WAIT_MS = 120;
/** Results are told to those who listen when nothing was typed for so long. */
const TELL_MS = 900;
/** Answers that take longer, twice in a row, are worse than none. */
const SLOW_MS = 1_500;

interface Connection {
  readonly saveData?: boolean;
  readonly effectiveType?: string;
}

const isSlow = (): boolean => {
  const { saveData, effectiveType } = (navigator as { connection?: Connection }).connection ?? {};
  return saveData === true || effectiveType === 'slow-2g' || effectiveType === '2g';
};

const attach = (input: HTMLInputElement, masthead: string): void => {
  let timer = 0;
  let telling = 0;
  let asking: XMLHttpRequest | null = null;
  let shown = input.value.trim();
  let slow = 0;
  // What is typed without a pause elsewhere is one step of the history.
  let typing = false;

  const addressOf = (q: string): URL => {
    const address = new URL('/search', location.href);
    const sort = new URLSearchParams(location.search).get('sort');
    if (q !== '') address.searchParams.set('q', q);
    if (q !== '' && sort !== null) address.searchParams.set('sort', sort);
    return address;
  };

  const tell = (): void => {
    const line = document.querySelector('#said');
    const found = document.querySelector('#results .found')?.textContent ?? '';
    if (line) line.textContent = found.replace(/\s+in [\d,]+ ms\s*$/, '').trim();
  };

  const show = (q: string, made: Document): void => {
    const next = made.querySelector('#results');
    const now = document.querySelector('#results');
    if (next === null || now === null) return;
    shown = q;
    now.replaceWith(document.adoptNode(next));
    document.title = q === '' ? `Search · ${masthead}` : `Search: ${q} · ${masthead}`;
    clearTimeout(telling);
    telling = setTimeout(tell, TELL_MS);
  };

  /** A document is parsed by the request itself: nothing is ever made from text here. */
  const ask = (address: URL, then: (made: Document) => void): void => {
    asking?.abort();
    const request = new XMLHttpRequest();
    asking = request;
    const began = performance.now();
    request.open('GET', address);
    request.responseType = 'document';
    request.addEventListener('load', () => {
      slow = performance.now() - began > SLOW_MS ? slow + 1 : 0;
      if (asking !== request) return;
      asking = null;
      if (request.status === 200 && request.responseXML !== null) then(request.responseXML);
    });
    request.send();
  };

  const live = (): void => {
    const q = input.value.trim();
    if (q === shown || slow > 1) return;
    const address = addressOf(q);
    const asked = new URL(address);
    asked.searchParams.set('live', '1');
    ask(asked, (made) => {
      history[typing ? 'replaceState' : 'pushState'](null, '', address);
      typing = true;
      show(q, made);
    });
  };

  input.addEventListener('input', (event) => {
    clearTimeout(timer);
    if (!(event as InputEvent).isComposing) timer = setTimeout(live, WAIT_MS);
  });
  input.addEventListener('compositionend', () => {
    timer = setTimeout(live, WAIT_MS);
  });
  input.addEventListener('blur', () => {
    typing = false;
  });
  input.form?.addEventListener('submit', () => {
    clearTimeout(timer);
    asking?.abort();
  });
  addEventListener('popstate', () => {
    clearTimeout(timer);
    typing = false;
    const q = new URLSearchParams(location.search).get('q') ?? '';
    input.value = q;
    ask(new URL(location.href), (made) => show(q.trim(), made));
  });
};

const input = document.querySelector<HTMLInputElement>('main #q');
if (input && !isSlow()) attach(input, document.title.split(' · ').at(-1) ?? '');
