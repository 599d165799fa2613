/** The path and query of a page of ours that a form or an address names; `fallback` for what leads anywhere else. */
export const onwardOf = (text: string | undefined, fallback = '/'): string => {
  if (text === undefined || text.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return fallback;
  const url = URL.parse(text, 'http://here.invalid');
  return url?.host === 'here.invalid' && url.protocol === 'http:'
    ? url.pathname.replace(/^\/+/, '/') + url.search
    : fallback;
};
