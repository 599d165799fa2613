import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';

/** Links to the pages of a long list; nothing where there is only one. */
export const pager = (
  { page, pages }: { readonly page: number; readonly pages: number },
  to: (n: number) => string,
): Html =>
  pages < 2
    ? nothing
    : html`<nav class="turn" aria-label="Pages">
${page > 1 ? html`<a rel="prev" class="earlier" href="${safeUrl(to(page - 1))}">Page ${page - 1}</a>` : nothing}
<span>Page ${page} of ${pages}</span>
${page < pages ? html`<a rel="next" class="later" href="${safeUrl(to(page + 1))}">Page ${page + 1}</a>` : nothing}
</nav>`;
