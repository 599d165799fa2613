const TAG = /<(\/?)([a-z]+)((?:\s+[a-z:-]+="[^"<>]*")*)\s*(\/?)>/gi;
const ATTRIBUTE = /([a-z:-]+)="([^"<>]*)"/gi;

/** The elements and attributes of MathML Core that typesetting needs; none of them can load, link or run anything. */
const ELEMENTS = new Set(
  'math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd menclose semantics'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'display mathvariant stretchy fence form separator symmetric largeop movablelimits lspace rspace minsize maxsize accent accentunder linethickness scriptlevel displaystyle width height depth voffset columnspan rowspan columnalign notation dir'.split(
    ' ',
  ),
);

/** The two classes that our style sheet knows: columns of aligned equations. */
const CLASS = /^tml-(?:left|right)$/;

/**
 * MathML with nothing in it but the elements and attributes of the lists above: unknown attributes are dropped.
 * Null when there is anything else that looks like a tag.
 */
export const cleanMathml = (markup: string): string | null => {
  let known = true;
  const cleaned = markup.replace(TAG, (_, close: string, name: string, attributes: string, empty: string) => {
    if (!ELEMENTS.has(name)) known = false;
    const kept = [...attributes.matchAll(ATTRIBUTE)].filter(
      ([, key = '', value = '']) => ATTRIBUTES.has(key) || (key === 'class' && CLASS.test(value)),
    );
    return `<${close}${name}${kept.map(([whole]) => ` ${whole}`).join('')}${empty}>`;
  });
  const rest = cleaned.replace(TAG, '');
  return known && cleaned.startsWith('<math') && !/[<>]/.test(rest) ? cleaned : null;
};
