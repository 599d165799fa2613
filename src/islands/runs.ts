/** How far running harvests are, looked up every few seconds. When one begins or ends, the page is loaded again. */

interface Running {
  readonly id: string;
  readonly says: string;
  readonly total: number | null;
  readonly counts: Readonly<Record<string, number>>;
}

const EVERY_MS = 3_000;

const rows = new Map(
  [...document.querySelectorAll<HTMLElement>('[data-run]')].map((row) => [row.dataset.run ?? '', row]),
);

const look = async (): Promise<void> => {
  const answer = await fetch('/sources.json');
  if (!answer.ok) return;
  const { running } = (await answer.json()) as { running: readonly Running[] };
  if (running.length !== rows.size || running.some(({ id }) => !rows.has(id))) return location.reload();
  for (const { id, says, total, counts } of running) {
    const row = rows.get(id);
    const bar = row?.querySelector('progress');
    const line = row?.querySelector('[data-progress]');
    if (line) line.textContent = says;
    if (bar && total !== null) {
      bar.max = total;
      bar.value = Math.min(
        total,
        Object.values(counts).reduce((sum, n) => sum + n, 0),
      );
    }
  }
};

setInterval(() => {
  if (!document.hidden) void look().catch(() => {});
}, EVERY_MS);
