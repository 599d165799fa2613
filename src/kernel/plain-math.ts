import { argument, commandName, group, option, readTex, type Stretch, skipSpace, type Tex } from './tex-reader.ts';
import {
  DRESS,
  DROPPED,
  FUNCTIONS,
  MATH_ACCENTS,
  SPACES,
  STYLED,
  SUBSCRIPTS,
  SUPERSCRIPTS,
  SWITCHES,
  SYMBOLS,
} from './tex-symbols.ts';
import { foldSpace } from './text.ts';

const SPECIAL = /[\\{}^_~&'\s-]/g;
const DEEPEST = 40;
/** Sets of numbers as papers usually name them by a macro of one letter. */
const SETS: Readonly<Record<string, string>> = { R: 'ℝ', C: 'ℂ', N: 'ℕ', Z: 'ℤ', Q: 'ℚ' };
const STYLES: Readonly<Record<string, string>> = {
  mathbb: 'mathbb',
  Bbb: 'mathbb',
  mathcal: 'mathcal',
  mathscr: 'mathscr',
  mathfrak: 'mathfrak',
};

type Step = readonly [text: string, next: number];

const mapped = (text: string, table: ReadonlyMap<string, string>): string | null => {
  const signs = [...text].map((sign) => table.get(sign));
  return signs.includes(undefined) ? null : signs.join('');
};

const word = (text: string): boolean => /^[\p{L}\p{N}\p{M}.]*$/u.test(text);
const bracketed = (text: string): string =>
  [...text].length === 1 || word(text) || /^\([^()]*\)$/.test(text) ? text : `(${text})`;

const inside = (tex: Tex, arg: Stretch | null, depth: number): string =>
  arg === null ? '' : foldSpace(formula(tex, arg.start, arg.end, depth + 1));

/** `x^2` → `x²`; what has no small signs stays readable: `10^(6±0.5)`, `T_max`. */
const script = (tex: Tex, at: number, end: number, depth: number): Step => {
  const arg = argument(tex, at + 1, end);
  const text = inside(tex, arg, depth);
  const next = arg?.next ?? at + 1;
  if (text === '') return ['', next];
  const sign = tex.src[at] as '^' | '_';
  const small = mapped(text.replace(/(?<=\p{L})\s+|\s*([−+=,])\s*/gu, '$1'), sign === '^' ? SUPERSCRIPTS : SUBSCRIPTS);
  return [small ?? `${sign}${bracketed(text)}`, next];
};

const fraction = (tex: Tex, at: number, end: number, depth: number, sign: string): Step => {
  const over = argument(tex, at, end);
  const under = over && argument(tex, over.next, end);
  if (!over || !under) return [inside(tex, over, depth), over?.next ?? at];
  return [`${bracketed(inside(tex, over, depth))}${sign}${bracketed(inside(tex, under, depth))}`, under.next];
};

const root = (tex: Tex, at: number, end: number, depth: number): Step => {
  const degree = option(tex.src, at, end);
  const arg = argument(tex, degree?.next ?? at, end);
  const small = degree ? (mapped(inside(tex, degree, depth), SUPERSCRIPTS) ?? '') : '';
  return [`${small}√${bracketed(inside(tex, arg, depth))}`, arg?.next ?? at];
};

/** Whether a sign stands between its neighbours, so that it keeps the space on both sides or on none. */
const isRelation = (symbol: string): boolean => /^[\p{Sm}\p{So}]/u.test(symbol) && !/^[∂∇√∞∑∏∫¬∅]/u.test(symbol);

const styled = (tex: Tex, name: string, at: number, end: number, depth: number): Step => {
  const arg = argument(tex, at, end);
  const text = inside(tex, arg, depth);
  const letters = [...text].map((letter) => STYLED.get(`${STYLES[name]}{${letter}}`) ?? letter);
  return [letters.join(''), arg?.next ?? at];
};

const command = (tex: Tex, name: string, at: number, end: number, depth: number, before: string): Step => {
  const { src } = tex;
  if (name in STYLES) return styled(tex, name, at, end, depth);
  if (/^[dtc]?frac$/.test(name)) return fraction(tex, at, end, depth, '/');
  if (/^[dt]?binom$/.test(name)) {
    const [text, next] = fraction(tex, at, end, depth, ' choose ');
    return [`(${text})`, next];
  }
  if (name === 'sqrt') return root(tex, at, end, depth);
  if (name === 'textdollar') return ['$', skipSpace(src, at, end)];
  if (name === 'over') return ['/', skipSpace(src, at, end)];
  if (name === 'pmod') {
    const arg = argument(tex, at, end);
    return [` (mod ${inside(tex, arg, depth)})`, arg?.next ?? at];
  }
  if (name === 'left' || name === 'right')
    return ['', src[skipSpace(src, at, end)] === '.' ? skipSpace(src, at, end) + 1 : at];
  const mark = MATH_ACCENTS[name];
  if (mark !== undefined) {
    const arg = argument(tex, at, end);
    const text = inside(tex, arg, depth);
    const one = [...text.normalize('NFD').replace(/\p{M}/gu, '')].length === 1;
    return [one ? (text + mark).normalize('NFC') : text, arg?.next ?? at];
  }
  if (name === 'not') {
    const arg = argument(tex, at, end);
    return [`${inside(tex, arg, depth)}\u0338`.normalize('NFC'), arg?.next ?? at];
  }
  if (SWITCHES.has(name)) return ['', skipSpace(src, at, end)];
  if (SPACES.has(name)) return [' ', at];
  if (DROPPED.has(name)) return [' ', group(tex, skipSpace(src, at, end), end)?.next ?? at];
  if (DRESS.has(name) || name === 'textcolor') {
    const first = argument(tex, at, end);
    const arg = name === 'textcolor' && first ? argument(tex, first.next, end) : first;
    // In words space counts, at both ends too.
    return [arg === null ? '' : formula(tex, arg.start, arg.end, depth + 1), arg?.next ?? at];
  }
  if (FUNCTIONS.has(name) || name === 'deg') {
    const gap = /[\p{L}\p{N}\\]/u.test(src[skipSpace(src, at, end)] ?? '') ? ' ' : '';
    return [`${/[\p{L}\p{N})]$/u.test(before) ? ' ' : ''}${name}${gap}`, gap === '' ? at : skipSpace(src, at, end)];
  }
  const symbol = SETS[name] ?? SYMBOLS.get(name);
  if (symbol !== undefined) {
    const behind = skipSpace(src, at, end);
    return [symbol, isRelation(symbol) && /\s$/.test(before) ? at : behind];
  }
  const texts: string[] = [];
  let next = at;
  for (let arg = group(tex, next, end); arg !== null; arg = group(tex, next, end)) {
    texts.push(inside(tex, arg, depth));
    next = arg.next;
  }
  return texts.length > 0 ? [texts.join(' '), next] : [name.replace('*', ''), at];
};

const backslash = (tex: Tex, at: number, end: number, depth: number, before: string): Step => {
  const name = commandName(tex.src, at + 1);
  if (name !== '') return command(tex, name, Math.min(end, at + 1 + name.length), end, depth, before);
  const sign = at + 1 < end ? (tex.src[at + 1] as string) : '';
  if (sign === '') return ['', at + 1];
  if ('%&#_{}$'.includes(sign)) return [sign, at + 2];
  if (sign === '|') return ['‖', at + 2];
  return [
    ',;: \\\n\t>'.includes(sign) ? ' ' : '',
    at + ('!-/@()[]'.includes(sign) || ',;: \\\n\t>'.includes(sign) ? 2 : 1),
  ];
};

const step = (tex: Tex, at: number, end: number, depth: number, before: string): Step => {
  const { src } = tex;
  const sign = src[at] as string;
  if (sign === '\\') return backslash(tex, at, end, depth, before);
  if (sign === '^' || sign === '_') return script(tex, at, end, depth);
  if (sign === '{') {
    const arg = group(tex, at, end);
    return arg ? [formula(tex, arg.start, arg.end, depth + 1), arg.next] : ['', at + 1];
  }
  if (sign === '}') return ['', at + 1];
  if (sign === "'") return ['′', at + 1];
  if (sign === '-') return [/\d$/.test(before) && /\d/.test(src[at + 1] ?? '') ? '–' : '−', at + 1];
  return [' ', at + 1];
};

function formula(tex: Tex, start: number, end: number, depth: number): string {
  const { src } = tex;
  if (depth > DEEPEST) return src.slice(start, end).replace(/[\\{}^_$]+/g, ' ');
  const special = new RegExp(SPECIAL);
  let out = '';
  let before = '';
  let at = start;
  while (at < end) {
    special.lastIndex = at;
    const found = special.exec(src)?.index ?? end;
    if (found >= end) return out + src.slice(at, end);
    // The last character is carried along: asking the growing text for it would copy it every time.
    if (found > at) before = src[found - 1] as string;
    const [text, next] = step(tex, found, end, depth, before);
    out += src.slice(at, found) + text;
    before = text.at(-1) ?? before;
    at = next;
  }
  return out;
}

/** Signs between two things. What also stands before one (∼, ≈, ¬) or after one (:, |, !) is not among them. */
const BETWEEN = '[<>=]+|[≤≥≪≫≲≳≃≅≡≠∝∈∉⊂⊆⊃⊇→←↔⇒⇔↦]';
const OPEN_BEFORE = new RegExp(`(?<=[\\p{L}\\p{M}\\p{N})\\]}′‖])(${BETWEEN}|[−+±×·/]) `, 'gu');
const OPEN_BEHIND = new RegExp(` (${BETWEEN})(?=[\\p{L}\\p{M}\\p{N}([])`, 'gu');

/** `ϵ< 10⁻⁶`, where a command has taken the space behind it, → `ϵ < 10⁻⁶`: TeX spaces both sides alike, whatever is written. */
const spaced = (text: string): string => text.replace(OPEN_BEFORE, ' $1 ').replace(OPEN_BEHIND, ' $1 ');

/** One formula, without its dollars, as a line of Unicode: `\mathbb{R}^n` → `ℝⁿ`. Total, linear in time. */
export const plainFormula = (tex: string): string =>
  spaced(foldSpace(formula(readTex(tex), 0, tex.length, 0)))
    .replace(/\(\s+/g, '(')
    .replace(/\s+([),;])/g, '$1')
    .normalize('NFC');

const MATH = /\\\$|\$\$([^$]*)\$\$|\$((?:\\.|[^$\\])+)\$/gs;

/** Cleaned text (see `cleanText`) with its math as Unicode, for lists, cards, mail and JSON: `$\sim 5-6$` → `∼5–6`. */
export const plainMath = (text: string): string =>
  text.includes('$')
    ? text.replace(MATH, (whole, display?: string, inline?: string) =>
        whole === '\\$' ? '$' : plainFormula(display ?? inline ?? ''),
      )
    : text;
