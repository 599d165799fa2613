import { readSync } from 'node:fs';

const KINDS = { u8: Uint8Array, i8: Int8Array, u16: Uint16Array, u32: Uint32Array, i32: Int32Array } as const;
type Kind = keyof typeof KINDS;
export type Column = Uint8Array | Int8Array | Uint16Array | Uint32Array | Int32Array;

interface Head<M> {
  readonly meta: M;
  readonly columns: Readonly<Record<string, readonly [kind: Kind, from: number, length: number]>>;
}

const ALIGNED = 64;
const aligned = (n: number): number => Math.ceil(n / ALIGNED) * ALIGNED;

const kindOf = (column: Column): Kind => {
  for (const [kind, type] of Object.entries(KINDS)) if (column instanceof type) return kind as Kind;
  throw new TypeError('not a column');
};

/** Typed arrays under names, and a JSON value, as pieces of one file: `u32 length of the head · head (JSON) · columns`, each at a multiple of 64. */
export const pack = (meta: unknown, columns: Readonly<Record<string, Column>>): readonly Uint8Array[] => {
  const names = Object.keys(columns);
  const sketch = (start: number): { head: Buffer; places: Map<string, number> } => {
    const places = new Map<string, number>();
    let at = start;
    for (const name of names) {
      places.set(name, at);
      at = aligned(at + (columns[name]?.byteLength ?? 0));
    }
    const head = {
      meta,
      columns: Object.fromEntries(
        names.map((name) => [name, [kindOf(columns[name] as Column), places.get(name), columns[name]?.length]]),
      ),
    };
    return { head: Buffer.from(JSON.stringify(head)), places };
  };
  // The head says where columns begin, which depends on its own length: room is left for the numbers to grow.
  const start = aligned(4 + sketch(2 ** 40).head.length);
  const { head, places } = sketch(start);
  const pieces: Uint8Array[] = [];
  let at = 0;
  const put = (piece: Uint8Array, to: number): void => {
    if (to > at) pieces.push(new Uint8Array(to - at));
    pieces.push(piece);
    at = to + piece.length;
  };
  put(new Uint8Array(Uint32Array.of(head.length).buffer), 0);
  put(head, 4);
  for (const name of names) {
    const { buffer, byteOffset, byteLength } = columns[name] as Column;
    put(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength), places.get(name) ?? 0);
  }
  put(new Uint8Array(0), aligned(at));
  return pieces;
};

export interface Packed<M> {
  readonly meta: M;
  /** The column, read whole. Throws where there is none of that name. */
  u8(name: string): Uint8Array;
  i8(name: string): Int8Array;
  u16(name: string): Uint16Array;
  u32(name: string): Uint32Array;
  i32(name: string): Int32Array;
  /** Where a column lies, in bytes. */
  span(name: string): readonly [from: number, bytes: number];
}

const readAt = (file: number, from: number, into: Uint8Array): void => {
  for (let done = 0; done < into.length; ) {
    const read = readSync(file, into, done, into.length - done, from + done);
    if (read === 0) throw new Error('the file ends too early');
    done += read;
  }
};

/** Reads the head of a packed file that is open for reading; columns when they are asked for. Throws where it is damaged. */
export const openPacked = <M>(file: number): Packed<M> => {
  const length = new Uint8Array(4);
  readAt(file, 0, length);
  const head = new Uint8Array(new DataView(length.buffer).getUint32(0, true));
  if (head.length > 1 << 26) throw new Error('the head is damaged');
  readAt(file, 4, head);
  const { meta, columns } = JSON.parse(Buffer.from(head).toString('utf8')) as Head<M>;
  const column = <T extends Column>(name: string, kind: Kind): T => {
    const [of, from, count] = columns[name] ?? [];
    if (of !== kind || from === undefined || count === undefined) throw new Error(`there is no column ${name}`);
    const values = new KINDS[kind](count);
    readAt(file, from, new Uint8Array(values.buffer));
    return values as T;
  };
  return {
    meta,
    u8: (name) => column(name, 'u8'),
    i8: (name) => column(name, 'i8'),
    u16: (name) => column(name, 'u16'),
    u32: (name) => column(name, 'u32'),
    i32: (name) => column(name, 'i32'),
    span: (name) => {
      const [kind, from, count] = columns[name] ?? [];
      if (kind === undefined || from === undefined || count === undefined)
        throw new Error(`there is no column ${name}`);
      return [from, count * KINDS[kind].BYTES_PER_ELEMENT];
    },
  };
};
