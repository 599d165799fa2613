import { argument, commandName, group, option, readTex, type Stretch, skipSpace, type Tex } from './tex-reader.ts';
import {
  ACCENTS,
  DRESS,
  DROPPED,
  LETTERS,
  SPACES,
  SUBSCRIPTS,
  SUPERSCRIPTS,
  SWITCHES,
  SYMBOLS,
} from './tex-symbols.ts';

/** Without one of these there is nothing to do. */
const TEX = /[\\${}`~]|--|[\^_]\{/;
const SPECIAL = /[\\${}`~'^_-]|https?:\/\//g;
const ADDRESS = /https?:\/\/[^\s\\{}$]*/y;
const DEEPEST = 40;
const MISSES = 16;
const MONEY = /^\d[\d.,]*(?:(?:\s+[A-Za-z]{2,}){2}|\s+(?:and|or|to|per|for|million|billion|thousand)\b)/;

interface Work {
  readonly tex: Tex;
  /** Opened by ``, not yet closed by ''. */
  quotes: number;
  /** How often a closing fence was looked for in vain: bounded, so that the time stays linear. */
  readonly misses: Map<string, number>;
}

/** Math as it is kept: on one line, without dollars inside that would end it. */
const keptMath = (tex: string, fence: '$' | '$$'): string => {
  const body = tex
    .replace(/\\[\s\S]|\$/g, (sign) => (sign === '$' ? '' : sign === '\\$' && fence === '$$' ? '\\textdollar ' : sign))
    .replace(/\s+/g, ' ')
    .trim();
  return body === '' || /(?:^|[^\\])(?:\\\\)*\\$/.test(body) ? '' : `${fence}${body}${fence}`;
};

/** Where a closing fence stands outside braces, or -1. */
const find = (work: Work, fence: string, from: number, end: number): number => {
  const { src, close } = work.tex;
  if ((work.misses.get(fence) ?? 0) >= MISSES) return -1;
  for (let at = from; at < end; at++) {
    if (src.startsWith(fence, at)) return at;
    if (src[at] === '\\') at += 1;
    else if (src[at] === '{') at = close.get(at) ?? at;
  }
  work.misses.set(fence, (work.misses.get(fence) ?? 0) + 1);
  return -1;
};

type Step = readonly [text: string, next: number];

/** A dollar at `at`: math to its partner, or a dollar that means money. */
const dollar = (work: Work, at: number, end: number): Step => {
  const { src } = work.tex;
  const fence = src.startsWith('$$', at) && at + 1 < end ? '$$' : '$';
  const start = at + fence.length;
  const last = find(work, fence, start, end);
  if (last === -1) return ['\\$'.repeat(fence.length), start];
  const body = src.slice(start, last);
  if (fence === '$' && MONEY.test(body)) return ['\\$', start];
  const next = last + fence.length;
  // Two formulas in a row are kept apart: `$a$$b$` would read as the fence of a displayed one.
  return [`${keptMath(body, fence)}${src[next] === '$' ? ' ' : ''}`, next];
};

/** A base letter with its mark; `\'{\i}` takes the letter with a dot, as TeX means. */
const accented = (base: string, mark: string): string => {
  const plain = base === 'ı' ? 'i' : base === 'ȷ' ? 'j' : base;
  const first = String.fromCodePoint(plain.codePointAt(0) ?? 32);
  return (first + mark + plain.slice(first.length)).normalize('NFC');
};

/** arXiv once wrote Greek letters as accents: `\b{eta}` was β. */
const asGreek = (name: string, rest: string): string | undefined =>
  rest.length >= 2 && /^[a-z]+$/.test(rest) ? SYMBOLS.get(name + rest) : undefined;

const accent = (work: Work, name: string, from: number, end: number, depth: number): Step | null => {
  const { tex } = work;
  const mark = ACCENTS[name];
  const arg = mark === undefined ? null : argument(tex, from, end);
  if (mark === undefined || arg === null) return null;
  const base = render(work, arg.start, arg.end, depth + 1);
  const greek = asGreek(name, base);
  if (greek !== undefined) return [greek, arg.next];
  if (base === '' && arg.next > arg.end) return [/[A-Za-z]/.test(name) ? '' : name, arg.next];
  if (!/^\p{L}/u.test(base)) return null;
  const taken = tex.src[arg.start] === '\\' && arg.next === arg.end ? skipSpace(tex.src, arg.next, end) : arg.next;
  return [accented(base, mark), taken];
};

const small = (text: string, table: ReadonlyMap<string, string>): string | null => {
  const signs = [...text].map((sign) => table.get(sign));
  return signs.includes(undefined) ? null : signs.join('');
};

/** `^{…}` or `_{…}` outside math: small signs where Unicode has them all. */
const script = (work: Work, at: number, end: number, depth: number): Step | null => {
  const arg = group(work.tex, at + 1, end);
  if (arg === null) return null;
  const sign = work.tex.src[at] as '^' | '_';
  const text = render(work, arg.start, arg.end, depth + 1).trim();
  const plain = small(text, sign === '^' ? SUPERSCRIPTS : SUBSCRIPTS);
  return [plain ?? (/^[\p{L}\p{N}]*$/u.test(text) ? `${sign}${text}` : `${sign}(${text})`), arg.next];
};

/** All the braced arguments that follow, rendered. */
const groups = (work: Work, from: number, end: number, depth: number): { texts: string[]; next: number } => {
  const texts: string[] = [];
  let next = from;
  for (let arg = group(work.tex, next, end); arg !== null; arg = group(work.tex, next, end)) {
    texts.push(render(work, arg.start, arg.end, depth + 1));
    next = arg.next;
  }
  return { texts, next };
};

const raw = ({ tex }: Work, { start, end }: Stretch): string =>
  tex.src
    .slice(start, end)
    .replace(/[\\{}$]/g, '')
    .trim();

/** Commands of letters. `at` is behind the name. */
const command = (work: Work, name: string, at: number, end: number, depth: number): Step => {
  const { tex } = work;
  const letter = LETTERS[name];
  if (letter !== undefined) return [letter, group(tex, at, end)?.start === at + 1 ? at : skipSpace(tex.src, at, end)];
  const marked = name.length === 1 ? accent(work, name, at, end, depth) : null;
  if (marked) return marked;
  if (SWITCHES.has(name)) return ['', skipSpace(tex.src, at, end)];
  if (SPACES.has(name)) return [' ', at];
  const arg = group(tex, skipSpace(tex.src, at, end), end);
  if (DROPPED.has(name)) return [' ', arg?.next ?? at];
  if (name === 'url' || name === 'path' || name === 'nolinkurl')
    return arg ? [raw(work, arg), arg.next] : ['', tex.src[at] === '{' ? at + 1 : at];
  if (arg !== null && name === 'href') {
    const shown = group(tex, skipSpace(tex.src, arg.next, end), end);
    const url = raw(work, arg);
    const text = shown ? render(work, shown.start, shown.end, depth + 1).trim() : '';
    return [text === '' || /^https?:/.test(text) ? url : `${text} (${url})`, shown?.next ?? arg.next];
  }
  if (arg !== null && (name === 'textcolor' || name === 'colorbox')) {
    const shown = group(tex, arg.next, end);
    return shown ? [render(work, shown.start, shown.end, depth + 1), shown.next] : ['', arg.next];
  }
  if (/^(?:cite[a-z]*|parencite|autocite|ref|eqref|cref|autoref)\*?$/i.test(name)) {
    const keys = group(tex, option(tex.src, at, end)?.next ?? at, end);
    return keys ? [`[${raw(work, keys)}]`, keys.next] : ['', at];
  }
  if (arg !== null && (name === 'footnote' || name === 'thanks'))
    return [` (${render(work, arg.start, arg.end, depth + 1)})`, arg.next];
  if (DRESS.has(name)) return arg ? [render(work, arg.start, arg.end, depth + 1), arg.next] : ['', at];
  if (name === 'deg') return ['°', at];
  if (name === 'textdollar') return ['\\$', at];
  const symbol = SYMBOLS.get(name);
  if (symbol !== undefined) return [symbol, tex.src.startsWith('{}', at) ? at + 2 : at];
  const { texts, next } = groups(work, at, end, depth);
  return texts.length > 0 ? [texts.join(' '), next] : [name.replace('*', ''), at];
};

/** What stands at a backslash. */
const backslash = (work: Work, at: number, end: number, depth: number): Step => {
  const { src } = work.tex;
  const name = commandName(src, at + 1);
  if (name !== '') return command(work, name, Math.min(end, at + 1 + name.length), end, depth);
  const sign = src[at + 1];
  if (sign === undefined || at + 1 >= end) return ['', at + 1];
  if (sign === '$') return ['\\$', at + 2];
  if (sign === '(' || sign === '[') {
    const last = find(work, sign === '(' ? '\\)' : '\\]', at + 2, end);
    return last === -1 ? [sign, at + 2] : [keptMath(src.slice(at + 2, last), sign === '(' ? '$' : '$$'), last + 2];
  }
  if ('%&#_{})]|'.includes(sign)) return [sign === '|' ? '‖' : sign, at + 2];
  if (',;: \\\n\t'.includes(sign)) return [' ', at + 2];
  if ('!-/@'.includes(sign)) return ['', at + 2];
  return accent(work, sign, at + 2, end, depth) ?? (sign in ACCENTS ? [sign, at + 2] : ['', at + 1]);
};

/** A tie binds what it stands between; elsewhere a tilde is one (`~10`). */
const isTie = (src: string, at: number, end: number): boolean =>
  /[\p{L}\p{N}.,)\]$}]/u.test(src[at - 1] ?? '') && at + 1 < end && /[\p{L}\p{N}([\\${]/u.test(src[at + 1] ?? '');

/** Two or three hyphens are a dash, except where they begin a word (`--flag`) or are more. */
const dashes = (src: string, at: number, end: number): Step => {
  let next = at;
  while (next < end && src[next] === '-') next += 1;
  const length = next - at;
  const flag = /^(?:\s|)$/.test(src[at - 1] ?? '') && /[A-Za-z]/.test(src[next] ?? '');
  return [length < 2 || length > 3 || flag ? '-'.repeat(length) : length === 2 ? '–' : '—', next];
};

const braces = (work: Work, at: number, end: number, depth: number): Step => {
  const inner = group(work.tex, at, end);
  if (inner === null) return ['{', at + 1];
  const text = render(work, inner.start, inner.end, depth + 1);
  const first = work.tex.src[skipSpace(work.tex.src, inner.start, inner.end)];
  return [first === '\\' || inner.start === inner.end ? text : `{${text}}`, inner.next];
};

const step = (work: Work, at: number, end: number, depth: number): Step => {
  const { src } = work.tex;
  switch (src[at]) {
    case '\\':
      return backslash(work, at, end, depth);
    case '$':
      return dollar(work, at, end);
    case '{':
      return braces(work, at, end, depth);
    case '~':
      return [isTie(src, at, end) ? ' ' : '~', at + 1];
    case '-':
      return dashes(src, at, end);
    case '^':
    case '_':
      return script(work, at, end, depth) ?? [src[at] as string, at + 1];
    case '`':
      if (src[at + 1] !== '`' || at + 1 >= end) return ['`', at + 1];
      work.quotes += 1;
      return ['“', at + 2];
    case "'":
      if (src[at + 1] !== "'" || at + 1 >= end || work.quotes === 0) return ["'", at + 1];
      work.quotes -= 1;
      return ['”', at + 2];
    case 'h': {
      ADDRESS.lastIndex = at;
      const address = (ADDRESS.exec(src)?.[0] ?? 'h').slice(0, end - at);
      return [address, at + address.length];
    }
    default:
      return [src[at] as string, at + 1];
  }
};

function render(work: Work, start: number, end: number, depth: number): string {
  const { src } = work.tex;
  if (depth > DEEPEST) return src.slice(start, end).replace(/[\\{}$]+/g, '');
  const special = new RegExp(SPECIAL);
  let out = '';
  let at = start;
  while (at < end) {
    special.lastIndex = at;
    const found = special.exec(src)?.index ?? end;
    if (found >= end) return out + src.slice(at, end);
    const [text, next] = step(work, found, end, depth);
    out += src.slice(at, found) + text;
    at = next;
  }
  return out;
}

/**
 * TeX outside math becomes characters: accents, text commands, ties, dashes, quotes, scripts. Math is kept as TeX and
 * fenced by `$…$` or `$$…$$`, other dollars become `\$`; a backslash remains nowhere else. Total, linear in time.
 */
export const texToText = (text: string): string =>
  TEX.test(text) ? render({ tex: readTex(text), quotes: 0, misses: new Map() }, 0, text.length, 0) : text;
