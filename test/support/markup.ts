/** What stands in a page beside its text: a tag with the names and values of its attributes. */
interface Tag {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

const TAG = /<([a-z!?][^\s/>]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/gi;
const ATTRIBUTE = /([^\s"'=<>/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?/g;

export const tagsOf = (html: string): readonly Tag[] =>
  [...html.matchAll(TAG)].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: [...rest.matchAll(ATTRIBUTE)].map(
      ([, attribute = '', value = '']) => [attribute.toLowerCase(), value.replace(/^["']|["']$/g, '')] as const,
    ),
  }));

/** `a[class href]` */
const shapeOf = ({ name, attributes }: Tag): string => `${name}[${attributes.map(([one]) => one).join(' ')}]`;

/** Kinds of tags a page is made of; a page of the same kind made from hostile words has no others. */
export const shapesOf = (html: string): ReadonlySet<string> => new Set(tagsOf(html).map(shapeOf));

/** Elements of MathML; a formula may come with any of them. */
const FORMULA =
  /^(?:math|semantics|none|menclose|mprescripts|m(?:row|i|n|o|s|text|space|frac|sqrt|root|style|error|padded|phantom|sub|sup|subsup|under|over|underover|multiscripts|table|tr|td))$/;

const ADDRESS = /^(?:\/(?!\/)|#|https?:\/\/|mailto:|$)/;
const ADDRESSES = new Set(['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'srcset']);

/** What in a page could run script, or was not put there by us. */
export const intrusionsOf = (html: string, known: ReadonlySet<string>): readonly string[] =>
  tagsOf(html).flatMap((tag) => {
    const wrong = tag.attributes.filter(
      ([name, value]) => name.startsWith('on') || name === 'style' || (ADDRESSES.has(name) && !ADDRESS.test(value)),
    );
    const shape = shapeOf(tag);
    return wrong.length === 0 && (known.has(shape) || FORMULA.test(tag.name))
      ? []
      : [`${shape} ${wrong.map((one) => one.join('=')).join(' ')}`];
  });
