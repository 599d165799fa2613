/** How arms are told apart in every picture, by their place in the lab: by colour, by dashes and by the shape of their marks. */
export const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#8c6d00',
  '#56b4e9',
  '#777777',
  '#e69f00',
] as const;
export const DASHES = ['none', '6 3', '2 3', '8 3 2 3', '12 4', '4 4', '1 4', '10 2'] as const;
export const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star', 'wye', 'asterisk'] as const;

export type MarkShape = (typeof SYMBOLS)[number];

export const colourOf = (arm: number): string => COLOURS[arm % COLOURS.length] as string;
export const symbolOf = (arm: number): MarkShape => SYMBOLS[arm % SYMBOLS.length] as MarkShape;
export const dashOf = (line: number): string => DASHES[line % DASHES.length] as string;
