import type { Rendered } from '../model/letter-page.ts';
import { handlesIn } from '../model/letter-words.ts';
import { href } from '../model/urls.ts';
import type { Store } from '../store/store.ts';
import type { MarkdownRenderer } from './markdown.ts';
import { readerNamed } from './people.ts';

/** Names of one text that are looked up; more is no letter to anybody. */
const MOST = 50;
const NAMED = /<a href="([^"]+)">(@[^<]*)<\/a>/g;

/** A text set, its `@handle`s links where there is such a reader: what leads nowhere is no link. */
export const setWords = async (
  { store, markdown }: { readonly store: Pick<Store, 'accounts'>; readonly markdown: Pick<MarkdownRenderer, 'render'> },
  text: string,
): Promise<Rendered> => {
  const handles = [...new Set(handlesIn(text).map(({ handle }) => handle))].slice(0, MOST);
  const strangers = new Set<string>();
  for (const handle of handles) if ((await readerNamed(store, handle)) === null) strangers.add(href.reader(handle));
  const rendered = await markdown.render(text);
  if (strangers.size === 0) return rendered;
  return {
    ...rendered,
    html: rendered.html.replace(NAMED, (link, at: string, name: string) => (strangers.has(at) ? name : link)),
  };
};
