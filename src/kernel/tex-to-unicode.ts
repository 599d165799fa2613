/** TeX outside math becomes characters. */
export const texToText = (text: string): string => text;
