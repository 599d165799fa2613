import data from 'unicodeit/ts_dist/js/data.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Commands that are letters of a language; the space after them belongs to TeX. */
export const LETTERS: Readonly<Record<string, string>> = {
  ss: 'ß',
  SS: 'ẞ',
  ae: 'æ',
  AE: 'Æ',
  oe: 'œ',
  OE: 'Œ',
  o: 'ø',
  O: 'Ø',
  l: 'ł',
  L: 'Ł',
  aa: 'å',
  AA: 'Å',
  i: 'ı',
  j: 'ȷ',
  dh: 'ð',
  DH: 'Ð',
  th: 'þ',
  TH: 'Þ',
  dj: 'đ',
  DJ: 'Đ',
  ng: 'ŋ',
  NG: 'Ŋ',
};

/** Where the table of unicodeit is silent, or has what reads badly. None holds a backslash or a dollar. */
const OWN: Readonly<Record<string, string>> = {
  langle: '⟨',
  rangle: '⟩',
  cdot: '·',
  star: '⋆',
  ell: 'ℓ',
  backslash: '∖',
  setminus: '∖',
  textbackslash: '∖',
  lbrace: '{',
  rbrace: '}',
  lsim: '≲',
  gsim: '≳',
  ltsim: '≲',
  gtsim: '≳',
  simeq: '≃',
  degree: '°',
  textdegree: '°',
  textless: '<',
  textgreater: '>',
  lt: '<',
  gt: '>',
  textasciitilde: '~',
  textasciicircum: '^',
  textunderscore: '_',
  textquoteright: '’',
  textquoteleft: '‘',
  textquotedblleft: '“',
  textquotedblright: '”',
  textendash: '–',
  textemdash: '—',
  texttrademark: '™',
  textregistered: '®',
  textcopyright: '©',
  copyright: '©',
  textmu: 'µ',
  textmugreek: 'µ',
  textbullet: '•',
  textperiodcentered: '·',
  texttimes: '×',
  textpm: '±',
  textonehalf: '½',
  LaTeX: 'LaTeX',
  TeX: 'TeX',
  BibTeX: 'BibTeX',
  ldots: '…',
  dots: '…',
  dotsc: '…',
  textellipsis: '…',
  cdots: '⋯',
  dotsb: '⋯',
  S: '§',
  P: '¶',
  dag: '†',
  ddag: '‡',
  dagger: '†',
  pounds: '£',
  euro: '€',
  colon: ':',
  mid: '|',
  vert: '|',
  lvert: '|',
  rvert: '|',
  Vert: '‖',
  lVert: '‖',
  rVert: '‖',
  ast: '*',
  sharp: '♯',
  prime: '′',
  mod: 'mod',
  bmod: 'mod',
  neg: '¬',
  AND: '∧',
  epsilon: 'ϵ',
  varepsilon: 'ε',
  phi: 'ϕ',
  varphi: 'φ',
  iff: '⇔',
  implies: '⇒',
  le: '≤',
  ge: '≥',
  leq: '≤',
  geq: '≥',
  ne: '≠',
  neq: '≠',
  to: '→',
  gets: '←',
  land: '∧',
  lor: '∨',
  lnot: '¬',
  emptyset: '∅',
  varnothing: '∅',
  hbar: 'ℏ',
  Re: 'Re',
  Im: 'Im',
  sum: '∑',
  prod: '∏',
  int: '∫',
  item: ' • ',
};

/** Symbols by the name of their command, without backslash. */
export const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ...data.replacements.flatMap(([key, symbol]) => {
    const name = /^\\([A-Za-z]+)$/.exec(key ?? '')?.[1];
    return name === undefined || symbol === undefined || /[\\$]/.test(symbol) ? [] : [[name, symbol] as const];
  }),
  ...Object.entries(LETTERS),
  ...Object.entries(OWN),
]);

/** Letters in a mathematical alphabet, by command and letter: `mathbb{R}` → `ℝ`. */
export const STYLED: ReadonlyMap<string, string> = new Map(
  data.replacements.flatMap(([key, symbol]) => {
    const name = /^\\(math(?:bb|cal|scr|frak)\{[A-Za-z0-9]\})$/.exec(key ?? '')?.[1];
    return name === undefined || symbol === undefined ? [] : [[name, symbol] as const];
  }),
);

const small = (sign: string, own: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map([
    ...data.subsuperscripts.flatMap(([key, symbol]) =>
      key?.startsWith(sign) && symbol !== undefined && !/[.<>∫]$/.test(key) ? [[key.slice(1), symbol] as const] : [],
    ),
    ...Object.entries(own),
  ]);

export const SUPERSCRIPTS = small('^', {
  V: 'ⱽ',
  '*': '*',
  '′': '′',
  '°': '°',
  '∘': '°',
  '†': '†',
  '‡': '‡',
  '∗': '*',
  '⋆': '⋆',
  ' ': ' ',
  '–': '⁻',
});
export const SUBSCRIPTS = small('_', { ' ': ' ', '–': '₋', '⊙': '⊙', '☉': '☉', '⊕': '⊕' });

/** Combining marks by accent command. */
export const ACCENTS: Readonly<Record<string, string>> = {
  "'": '\u0301',
  '`': '\u0300',
  '^': '\u0302',
  '"': '\u0308',
  '~': '\u0303',
  '=': '\u0304',
  '.': '\u0307',
  u: '\u0306',
  v: '\u030c',
  H: '\u030b',
  c: '\u0327',
  k: '\u0328',
  r: '\u030a',
  d: '\u0323',
  b: '\u0331',
};

export const MATH_ACCENTS: Readonly<Record<string, string>> = {
  hat: '\u0302',
  widehat: '\u0302',
  tilde: '\u0303',
  widetilde: '\u0303',
  bar: '\u0304',
  vec: '\u20d7',
  dot: '\u0307',
  ddot: '\u0308',
  check: '\u030c',
  breve: '\u0306',
  acute: '\u0301',
  grave: '\u0300',
  mathring: '\u030a',
};

/** Commands that change the fount or the space until the end of the group: they leave nothing. */
export const SWITCHES =
  words(`it bf em sc rm tt sl sf cal frak bfseries itshape slshape scshape ttfamily rmfamily sffamily
  upshape mdseries normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge centering noindent
  protect relax displaystyle textstyle scriptstyle limits nolimits nonumber notag boldmath unboldmath xspace allowbreak
  nobreak left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm maketitle hfill strut`);

/** Commands that are a space. */
export const SPACES = words(
  'par newline linebreak quad qquad enspace enskip thinspace medspace thickspace smallskip medskip bigskip space',
);

/** Commands whose argument goes with them. */
export const DROPPED = words(
  'label vspace hspace vspace* hspace* phantom hphantom vphantom begin end index bibliographystyle nocite color kern mspace tag',
);

/** Commands that only dress up their argument. */
export const DRESS =
  words(`emph textbf textit textsc texttt textrm textsf textsl textup textmd textnormal text underline uline
  overline mbox hbox vbox fbox textsuperscript textsubscript mathrm mathbf mathit mathsf mathtt mathnormal bm boldsymbol
  pmb operatorname operatorname* ensuremath uppercase lowercase underbrace overbrace mathop mathbin mathrel mathord
  smash lefteqn textquote hl so ul st textregular dunderline cancel Bbb`);

export const FUNCTIONS =
  words(`log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max min sup inf
  lim limsup liminf det dim ker arg gcd hom Pr tr Tr rank diag sgn argmax argmin Hom End Ext Aut poly polylog`);
