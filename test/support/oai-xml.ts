/** A record of the served archive. Texts are as arXiv has them: TeX, no XML escapes. */
export interface OaiRecord {
  /** `2507.08772` or `math/9211204`, without version. */
  readonly id: string;
  /** `YYYY-MM-DD`. */
  readonly datestamp: string;
  /** E.g. `cs:cs:LG`. */
  readonly sets: readonly string[];
  /** Where true, only the header is served, with `status="deleted"`. */
  readonly deleted?: boolean;
  readonly title: string;
  readonly abstract: string;
  /** `[last, first, suffix]`. */
  readonly authors: readonly (readonly string[])[];
  readonly categories: readonly string[];
  readonly versions: readonly { readonly n: number; readonly date: string; readonly size?: string }[];
  readonly submitter?: string | null;
  readonly comments?: string | null;
  readonly journalRef?: string | null;
  readonly doi?: string | null;
  readonly license?: string | null;
}

export const FORMATS = ['arXiv', 'arXivRaw'] as const;
export type OaiFormat = (typeof FORMATS)[number];

export const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const element = (name: string, value: string | null | undefined): string =>
  value === null || value === undefined || value === '' ? '' : `            <${name}>${escapeXml(value)}</${name}>\n`;

const nameOf = ([last = '', first = '', suffix = '']: readonly string[]): string =>
  `${first} ${last} ${suffix}`.replace(/\s+/g, ' ').trim();

const dayOf = (date: string): string => {
  const at = Date.parse(date);
  return Number.isNaN(at) ? '2000-01-01' : new Date(at).toISOString().slice(0, 10);
};

const open = (format: OaiFormat): string =>
  `<${format} xmlns="http://arxiv.org/OAI/${format}/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
  `xsi:schemaLocation="http://arxiv.org/OAI/${format}/ https://oaipmh.arxiv.org/OAI/${format}.xsd">\n`;

const asArXiv = (record: OaiRecord): string => {
  const [first] = record.versions;
  const last = record.versions.at(-1);
  const authors = record.authors
    .map(
      ([keyname = '', forenames = '', suffix = '']) =>
        `                <author>\n${element('keyname', keyname)}${element('forenames', forenames)}` +
        `${element('suffix', suffix)}                </author>\n`,
    )
    .join('');
  return (
    `${element('id', record.id)}${element('created', first && dayOf(first.date))}` +
    `${record.versions.length > 1 && last ? element('updated', dayOf(last.date)) : ''}` +
    `        <authors>\n${authors}        </authors>\n${element('title', record.title)}` +
    `${element('categories', record.categories.join(' '))}${element('comments', record.comments)}` +
    `${element('journal-ref', record.journalRef)}${element('doi', record.doi)}${element('license', record.license)}` +
    element('abstract', record.abstract)
  );
};

const asArXivRaw = (record: OaiRecord): string => {
  const versions = record.versions
    .map(
      ({ n, date, size = '10kb' }) =>
        `            <version version="v${n}">\n${element('date', date)}${element('size', size)}            </version>\n`,
    )
    .join('');
  return (
    `${element('id', record.id)}${element('submitter', record.submitter ?? 'A. Submitter')}${versions}` +
    `${element('title', record.title)}${element('authors', record.authors.map(nameOf).join(', '))}` +
    `${element('categories', record.categories.join(' '))}${element('comments', record.comments)}` +
    `${element('journal-ref', record.journalRef)}${element('doi', record.doi)}${element('license', record.license)}` +
    element('abstract', record.abstract)
  );
};

const WRITERS: Readonly<Record<OaiFormat, (record: OaiRecord) => string>> = { arXiv: asArXiv, arXivRaw: asArXivRaw };

/** One `<record>` in arXiv's layout. */
export const recordXml = (record: OaiRecord, format: OaiFormat): string => {
  const header =
    `<header${record.deleted ? ' status="deleted"' : ''}>\n` +
    `        <identifier>oai:arXiv.org:${record.id}</identifier>\n` +
    `        <datestamp>${record.datestamp}</datestamp>\n` +
    `${record.sets.map((set) => `            <setSpec>${set}</setSpec>\n`).join('')}    </header>\n`;
  const metadata = record.deleted
    ? ''
    : `            <metadata>\n                        ${open(format)}${WRITERS[format](record)}    </${format}>\n\n            </metadata>\n`;
  return `                    <record>\n                ${header}\n${metadata}        </record>\n\n`;
};

/** A whole answer around what a verb gave. `request` are the arguments as they were understood. */
export const answerXml = (responseDate: string, request: Readonly<Record<string, string>>, body: string): string => {
  const echo = Object.entries(request)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" \n' +
    '         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n' +
    '         xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n' +
    `    <responseDate>${responseDate}</responseDate>\n` +
    `                <request${echo}>https://oaipmh.arxiv.org/oai</request>\n\n\n${body}</OAI-PMH>`
  );
};

/** arXiv's archives that are sets of physics. */
const PHYSICS = new Set(
  'astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics quant-ph'.split(' '),
);

const setsOf = (categories: readonly string[]): string[] =>
  categories.map((category) => {
    const [archive = '', subject] = category.split('.');
    return [PHYSICS.has(archive) ? 'physics' : archive, archive, ...(subject ? [subject] : [])].join(':');
  });

/** Records of an archive from lines of the arXiv metadata snapshot; lines that are no JSON are left out. */
export const recordsFromSnapshot = (lines: readonly string[]): OaiRecord[] =>
  lines.flatMap((line) => {
    if (line.trim() === '') return [];
    const paper = JSON.parse(line);
    const categories: string[] = String(paper.categories ?? '')
      .split(/\s+/)
      .filter(Boolean);
    const versions = (paper.versions ?? []).map((version: { version: string; created: string }) => ({
      n: Number(version.version.slice(1)),
      date: version.created,
    }));
    return [
      {
        id: paper.id,
        datestamp: paper.update_date ?? '2007-05-23',
        sets: setsOf(categories),
        title: paper.title,
        abstract: paper.abstract,
        authors:
          paper.authors_parsed ??
          String(paper.authors ?? '')
            .split(', ')
            .map((name: string) => [name]),
        categories,
        versions,
        submitter: paper.submitter,
        comments: paper.comments,
        journalRef: paper['journal-ref'],
        doi: paper.doi,
        license: paper.license,
      },
    ];
  });
