import { breakOf, evaluateBroken } from './claims.ts';
import type { Claim, Lab, RunRecord, Verdict } from './contract.ts';
import { VERDICTS } from './verdict-words.ts';

/** A lab with its recorded standard run; null where it has none of its version. */
export interface DocumentEntry {
  readonly lab: Lab;
  readonly run: {
    readonly record: RunRecord;
    readonly at: string;
    readonly lanes: number;
    readonly cpuMs: number;
  } | null;
}

/** In a cell of a Markdown table. */
const cell = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').trim();

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** How often each verdict was come to, e.g. `2 ✓ holds, 1 ? inconclusive`. */
const tally = ({ claims }: Lab, record: RunRecord): string => {
  const all = claims.map(({ id }): Verdict => record.findings[id]?.verdict ?? 'not-run');
  return [...Map.groupBy(all, (verdict) => verdict)]
    .map(([verdict, those]) => `${those.length} ${VERDICTS[verdict]}`)
    .join(', ');
};

const claimRow = (lab: Lab, claim: Claim, record: RunRecord, broken: Verdict | undefined): readonly string[] => {
  const { verdict = 'not-run', says = [] } = record.findings[claim.id] ?? {};
  const testable = 'prediction' in claim;
  return [
    `“${cell(claim.clean ?? claim.quote)}”`,
    cell(testable ? claim.prediction : claim.untestable),
    testable ? says.map(cell).join('<br>') : '',
    VERDICTS[verdict],
    testable ? `${broken === undefined ? '' : VERDICTS[broken]}<br>${cell(breakOf(lab, claim.id).broken)}` : '',
  ];
};

const chapter = ({ lab, run }: DocumentEntry): string => {
  const [source] = lab.fidelity.sources;
  const head = `## ${lab.title}

\`${lab.id}\`, version ${lab.version}; the paper: ${source === undefined ? lab.paper : `[${source.label}](${source.url})`}. ${lab.about}`;
  if (run === null) return `${head}\n\nNo standard run of this version is recorded.`;
  const { record, at, lanes, cpuMs } = run;
  const broken = evaluateBroken(lab, record.metrics);
  return `${head}

Standard run of ${at.slice(0, 10)}: ${record.seeds.length} seeds (${record.seeds[0]} to ${record.seeds.at(-1)}), ${lab.arms.length} arms, ${seconds(record.wallMs)} with ${lanes} workers (${seconds(cpuMs)} of processor time), ${record.engine}, fingerprint \`${record.hash}\`.

${table(
  ['In the authors’ words', 'Predicted before the run', 'Measured', 'Verdict', 'With the mechanism broken'],
  lab.claims.map((claim) => claimRow(lab, claim, record, broken[claim.id]?.verdict)),
)}`;
};

const summaryRow = ({ lab, run }: DocumentEntry): readonly string[] => [
  `\`${lab.id}\``,
  `${lab.version}`,
  ...(run === null
    ? ['', '', '', '', '', 'no standard run of this version is recorded']
    : [
        `${run.record.seeds.length}`,
        seconds(run.record.wallMs),
        seconds(run.cpuMs),
        run.record.engine,
        run.at.slice(0, 10),
        tally(lab, run.record),
      ]),
];

/** The labs and what their recorded standard runs came to, as a page of Markdown. */
export const labsDocument = (entries: readonly DocumentEntry[]): string => `# Labs: what they came to

Made by \`./broadsheet lab run --all --preset standard --record\` from the runs in \`assets/labs/runs\`; not to be edited by hand. Every
prediction was written before its run and is pinned with the lab's version by a test, which also works out these verdicts again from the
recorded metrics. Intervals are of 95 % over seeds, by Student's t; differences are paired by seed. “At this scale” is meant: a lab is a
small stand-in for its paper, and says on its page what was changed.

${table(['Lab', 'Version', 'Seeds', 'Run time', 'Processor time', 'Engine', 'Recorded', 'Verdicts'], entries.map(summaryRow))}

${entries.map(chapter).join('\n\n')}
`;
