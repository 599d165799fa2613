/** One JSON object of a document, as it was written. */
export interface JsonPiece {
  /** Where it begins. */
  readonly line: number;
  /** As a rule the line where it ends; objects that share a line have positions of their own. */
  readonly position: number;
  readonly text: string;
  /** Why it cannot be read. */
  readonly problem: string | null;
}

/** Longest object taken, in characters. */
export const PIECE_MAX = 4 * 1024 * 1024;
const DEPTH_MAX = 200;

/**
 * The objects of a JSON document one after another in constant memory, whatever their number and however they are laid
 * out: those that stand alone (one or many, e.g. a line each), those of a list, or those under one of the paths in `within`:
 * of a list (`message.items`) or alone (`message{}`). What is not well-formed is noticed where an object is parsed.
 */
export async function* jsonPieces(
  bytes: AsyncIterable<Uint8Array>,
  { within = [] }: { readonly within?: readonly string[] } = {},
): AsyncGenerator<JsonPiece> {
  const decoder = new TextDecoder();
  let line = 1;
  let position = 0;
  let inString = false;
  let escaped = false;
  /** Brackets that are open around the object that is looked for. */
  const around: string[] = [];
  /** The name each of them stands under. */
  const names: string[] = [];
  let word = '';
  let name = '';
  let parts: string[] | null = null;
  let depth = 0;
  let size = 0;
  let began = 0;

  const isEntry = (): boolean => {
    if (around.length === 0) return within.length === 0;
    const path = names.filter((one) => one !== '').join('.');
    if (around.at(-1) === '{') return within.includes(`${path === '' ? name : `${path}.${name}`}{}`);
    return within.length === 0 ? around.length === 1 : within.includes(path);
  };
  const take = (problem: string | null): JsonPiece => {
    position = Math.max(position + 1, line);
    const text = (parts ?? []).join('');
    parts = null;
    return {
      line: began,
      position,
      text,
      problem: problem ?? (size > PIECE_MAX ? `the entry is longer than ${PIECE_MAX} characters` : null),
    };
  };
  const hold = (text: string): void => {
    size += text.length;
    if (parts !== null && size <= PIECE_MAX) parts.push(text);
  };

  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const c = text[at] as string;
      if (c === '\n') line += 1;
      if (inString) {
        if (escaped) escaped = false;
        else if (c === '\\') escaped = true;
        else if (c === '"') inString = false;
        if (parts === null && inString && word.length < 64) word += c;
        continue;
      }
      if (c === '"') {
        inString = true;
        word = '';
      } else if (parts !== null) {
        if (c === '{' || c === '[') depth += 1;
        else if ((c === '}' || c === ']') && --depth === 0) {
          hold(text.slice(start, at + 1));
          yield take(null);
        }
      } else if (c === '{' && isEntry()) {
        parts = [];
        depth = 1;
        size = 0;
        began = line;
        start = at;
      } else if (c === ':') name = word;
      else if (c === '{' || c === '[') {
        if (around.length >= DEPTH_MAX) return;
        around.push(c);
        names.push(name);
        name = '';
      } else if (c === '}' || c === ']') {
        around.pop();
        names.pop();
        name = '';
      } else if (c === ',') name = '';
    }
    if (parts !== null) hold(text.slice(start));
  }
  if (parts !== null) yield take('the document ends in the middle of it');
}

/** The object in a piece; null where it is none. */
export const objectIn = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};

/** A text field; null where it is none, or blank. Numbers are taken as they are written. */
export const textIn = (value: unknown): string | null =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value.trim() !== '' ? value : null;

/** A list field; empty where it is none. */
export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** An object field; empty where it is none. */
export const fieldsIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** A count; null where it is none. */
export const countIn = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
