/** A table of word vectors: one int8 row and scale a token, added up to the vector of a text. */
export interface StaticTable {
  readonly dimensions: number;
  /** Rows side by side, and what a component of each is worth. */
  readonly values: Int8Array;
  readonly scales: Float32Array;
  /** What a token counts that stands in a text so many times. */
  countsFor(times: number): number;
  /** Words of a text in order, folded. */
  wordsOf(text: string): Iterable<string>;
  /** Numbers of the rows of one such word. */
  rowsOf(word: string): readonly number[];
  /** Numbers of the rows of a text's tokens, in order, repeated as they repeat. */
  rows(text: string): readonly number[];
  /** L2-normalised; all zeros where no word is known. `into` is used when given. */
  embed(text: string, into?: Float32Array): Float32Array;
}

const MAGIC = 0x36355453;
const HEADER = 16;
/** UTF-16 units of a piece of a word, and pieces of a word. */
const LONGEST_PIECE = 18;
const MOST_PIECES = 16;
/** Words whose rows are remembered. */
const KEPT = 200_000;

const ACCENT = /\\['"`^~=.]\{?([A-Za-z])\}?/g;
const WORD = /[\p{L}\p{N}]+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
const BEYOND_ASCII = /[^\x00-\x7f]/;

const folded = (text: string): string => {
  const lower = (text.includes('\\') ? text.replace(ACCENT, '$1') : text).toLowerCase();
  return BEYOND_ASCII.test(lower)
    ? lower
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase()
    : lower;
};

/**
 * Opens a table: `table` is `u32 magic · u32 rows · u32 dimensions · f32 exponent · f32 scales[rows] · i8 rows × dimensions`,
 * little-endian; `vocabulary` has a token a line, `##` before pieces that go on a word. A text's vector is the sum over its
 * distinct tokens of `count^exponent × scale × row`, normalised. Throws `Error` where the bytes are something else.
 */
export const openStaticTable = (table: Uint8Array, vocabulary: string): StaticTable => {
  const head = new DataView(table.buffer, table.byteOffset, table.byteLength);
  if (head.getUint32(0, true) !== MAGIC) throw new Error('not a table of word vectors');
  const count = head.getUint32(4, true);
  const dimensions = head.getUint32(8, true);
  const exponent = head.getFloat32(12, true);
  const scales = Float32Array.from({ length: count }, (_, n) => head.getFloat32(HEADER + 4 * n, true));
  const values = new Int8Array(table.buffer, table.byteOffset + HEADER + 4 * count, count * dimensions);
  const numbers = new Map(vocabulary.split('\n').flatMap((token, n) => (token === '' ? [] : [[token, n] as const])));
  const powers = Float32Array.from({ length: 256 }, (_, n) => n ** exponent);
  const known = new Map<string, readonly number[]>();

  const pieces = (word: string): readonly number[] => {
    const whole = numbers.get(word);
    if (whole !== undefined) return [whole];
    const found: number[] = [];
    for (let at = 0; at < word.length; ) {
      let number: number | undefined;
      let end = Math.min(word.length, at + LONGEST_PIECE);
      for (; end > at; end--) {
        number = numbers.get(at === 0 ? word.slice(0, end) : `##${word.slice(at, end)}`);
        if (number !== undefined) break;
      }
      if (number === undefined) return [];
      found.push(number);
      at = end;
    }
    return found.slice(0, MOST_PIECES);
  };

  const rowsOf = (word: string): readonly number[] => {
    let rows = known.get(word);
    if (rows === undefined) {
      rows = pieces(word);
      if (known.size >= KEPT) known.clear();
      known.set(word, rows);
    }
    return rows;
  };

  const wordsOf = (text: string): readonly string[] => folded(text).match(WORD) ?? [];

  const counts = new Uint16Array(count);
  const rows = (text: string): readonly number[] => {
    const all: number[] = [];
    for (const word of wordsOf(text)) for (const row of rowsOf(word)) all.push(row);
    return all;
  };

  const countsFor = (times: number): number => powers[times] ?? times ** exponent;

  return {
    dimensions,
    values,
    scales,
    countsFor,
    wordsOf,
    rowsOf: pieces,
    rows,
    embed: (text, into = new Float32Array(dimensions)) => {
      into.fill(0);
      const distinct: number[] = [];
      for (const row of rows(text)) {
        if (counts[row] === 0) distinct.push(row);
        counts[row] = (counts[row] as number) + 1;
      }
      for (const row of distinct) {
        const times = counts[row] as number;
        counts[row] = 0;
        const weight = countsFor(times) * (scales[row] as number);
        const base = row * dimensions;
        for (let i = 0; i < dimensions; i++) into[i] = (into[i] as number) + weight * (values[base + i] as number);
      }
      let square = 0;
      for (let i = 0; i < dimensions; i++) square += (into[i] as number) ** 2;
      if (square > 0) {
        const norm = 1 / Math.sqrt(square);
        for (let i = 0; i < dimensions; i++) into[i] = (into[i] as number) * norm;
      }
      return into;
    },
  };
};
