/** Numbers as programs say them: on a terminal, in a finding. */

const thousands = new Intl.NumberFormat('en-GB');

export const number = (n: number): string => thousands.format(n);

/** `1 paper`, `81 papers`. */
export const many = (n: number, one: string, several = `${one}s`): string => `${number(n)} ${n === 1 ? one : several}`;

/** `8 s`, `2 min 5 s`, `3 h 20 min`. */
export const duration = (seconds: number): string => {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
};
