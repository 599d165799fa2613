import { type Html, html, nothing } from '../kernel/html.ts';
import type { ParamSpec, Value } from '../labs/contract.ts';

/** The control of a parameter, whose label names `p-{key}`. */
export const slider = (spec: ParamSpec, value: Value): Html => {
  const id = `p-${spec.key}`;
  if (spec.kind === 'choice')
    return html`<select id="${id}" name="${spec.key}">${spec.options.map((one) => html`<option${one === value ? html` selected` : nothing}>${one}</option>`)}</select>`;
  if (spec.kind === 'bool')
    return html`<input type="checkbox" id="${id}" name="${spec.key}" value="1"${value === true ? html` checked` : nothing}>`;
  const step = spec.kind === 'number' ? spec.step : (spec.step ?? 1);
  return html`<input type="range" id="${id}" name="${spec.key}" min="${spec.min}" max="${spec.max}" step="${step}" value="${value as number}"> <output for="${id}">${value as number}</output>`;
};
