import { Fault } from '../kernel/errors.ts';

/** A test collection: documents, queries, and which documents answer which query, by grade (0: judged, and no answer). */
export interface Collection {
  readonly docs: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  readonly qrels: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Reads a collection as JSON. Throws `Fault('bad-input')` where it is something else. */
export const parseCollection = (json: string, name: string): Collection => {
  const wrong = (what: string): Fault =>
    new Fault(
      'bad-input',
      `${name} is no test collection: ${what}. It must be {"docs":[{"id","title","text"}],"queries":[{"id","text"}],"qrels":{query:{doc:grade}}}.`,
    );
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw wrong('it is not JSON');
  }
  if (!isRecord(value)) throw wrong('it is no object');
  const { docs, queries, qrels } = value;
  const texts = (list: unknown, fields: readonly string[]): boolean =>
    Array.isArray(list) &&
    list.every((one) => isRecord(one) && fields.every((field) => typeof one[field] === 'string'));
  if (!texts(docs, ['id', 'title', 'text'])) throw wrong('docs are missing or incomplete');
  if (!texts(queries, ['id', 'text'])) throw wrong('queries are missing or incomplete');
  if (
    !isRecord(qrels) ||
    !Object.values(qrels).every(
      (grades) => isRecord(grades) && Object.values(grades).every((grade) => typeof grade === 'number'),
    )
  )
    throw wrong('qrels are missing or not numbers');
  return value as unknown as Collection;
};
