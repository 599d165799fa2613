import { type Html, html, nothing } from '../kernel/html.ts';

/** Where it is asked when somebody's mail comes. What is marked `data-zone` the island `zone` sets to the browser's own. */

const zonesWith = (zone: string): readonly string[] => [
  ...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')].sort()),
];

/** A list of all time zones. `theirs`: not chosen yet, so the browser's own where there is a script. */
export const zoneChoice = (zone: string, { theirs = false } = {}): Html =>
  html`<label>Time zone<select name="zone"${theirs ? html` data-zone` : nothing}>${zonesWith(zone).map(
    (one) =>
      html`<option value="${one}"${one === zone ? html` selected` : nothing}>${one.replaceAll('_', ' ')}</option>`,
  )}</select></label>`;

/** For forms without room for that list: empty, which is the time zone of the editions, where there is no script. */
export const zoneOfBrowser = html`<input type="hidden" name="zone" data-zone>`;
