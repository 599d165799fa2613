/** A text with its pairs of braces found once, so that reading nested arguments stays linear. */
export interface Tex {
  readonly src: string;
  /** From an opening brace to the one that closes it; braces without a partner are absent. */
  readonly close: ReadonlyMap<number, number>;
}

/** A stretch of `src` from `start` to `end`; reading goes on at `next`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

export const readTex = (src: string): Tex => {
  const close = new Map<number, number>();
  const open: number[] = [];
  for (let i = 0; i < src.length; i++) {
    const character = src[i];
    if (character === '\\') i += 1;
    else if (character === '{') open.push(i);
    else if (character === '}') {
      const start = open.pop();
      if (start !== undefined) close.set(start, i);
    }
  }
  return { src, close };
};

const NAME = /[A-Za-z]+\*?/y;

/** The letters of a command whose backslash stands just before `at`; empty where a sign follows. */
export const commandName = (src: string, at: number): string => {
  NAME.lastIndex = at;
  return NAME.exec(src)?.[0] ?? '';
};

export const skipSpace = (src: string, at: number, end: number): number => {
  let i = at;
  while (i < end && (src[i] === ' ' || src[i] === '\n' || src[i] === '\t' || src[i] === '\r')) i += 1;
  return i;
};

/** What is in the braces at `at`, or null where there are none. */
export const group = ({ src, close }: Tex, at: number, end: number): Stretch | null => {
  const last = src[at] === '{' ? close.get(at) : undefined;
  return last === undefined || last >= end ? null : { start: at + 1, end: last, next: last + 1 };
};

/** What TeX would take as the next argument: a group, a command, or one character. Null at the end. */
export const argument = (tex: Tex, from: number, end: number): Stretch | null => {
  const at = skipSpace(tex.src, from, end);
  if (at >= end) return null;
  const braced = group(tex, at, end);
  if (braced) return braced;
  if (tex.src[at] === '{' || tex.src[at] === '}') return { start: at + 1, end: at + 1, next: at + 1 };
  if (tex.src[at] === '\\') {
    const next = Math.min(end, at + 1 + Math.max(1, commandName(tex.src, at + 1).length));
    return { start: at, end: next, next };
  }
  const next = Math.min(end, at + ((tex.src.codePointAt(at) ?? 0) > 0xffff ? 2 : 1));
  return { start: at, end: next, next };
};

/** An optional argument in square brackets at `at`, at most 80 characters long. */
export const option = (src: string, at: number, end: number): Stretch | null => {
  if (src[at] !== '[') return null;
  const last = src.slice(at, Math.min(end, at + 80)).indexOf(']');
  return last === -1 ? null : { start: at + 1, end: at + last, next: at + last + 1 };
};
