/** One measured figure; `ratio` is figure ÷ what the named alternative reached in the same run. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly against?: string;
  readonly ratio?: number;
  /** What the figure is meant to be, in words. */
  readonly bar?: string;
}

export type Bench = () => Promise<readonly Row[]>;

/** The value below which the fraction `q` of the samples lies. */
export const quantile = (samples: readonly number[], q: number): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
};

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
export const kB = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
export const MB = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

const cells = (row: Row): readonly string[] => [
  row.what,
  row.figure,
  row.against ?? '',
  row.ratio === undefined ? '' : `${row.ratio.toFixed(2)} ×`,
  row.bar ?? '',
];

/** The rows as a Markdown table with aligned columns. */
export const table = (rows: readonly Row[]): string => {
  const lines = [['what', 'figure', 'against', 'ratio', 'bar'], ...rows.map(cells)];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const print = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = lines;
  return [print(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(print)].join('\n');
};
