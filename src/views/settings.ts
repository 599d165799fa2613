import { type Html, html, nothing } from '../kernel/html.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

const choice = (
  name: string,
  now: string,
  legend: string,
  options: readonly (readonly [value: string, label: string])[],
): Html =>
  html`<fieldset><legend>${legend}</legend>${options.map(
    ([value, label]) =>
      html`<label class="choice"><input type="radio" name="${name}" value="${value}"${now === value ? html` checked` : nothing}> ${label}</label>`,
  )}</fieldset>`;

/** How this reader wants the page. `saved` says that the form was just taken. */
export const settingsView = ({ saved }: { readonly saved: boolean }, frame: Frame): string => {
  const { edition, density, keys } = frame.preferences;
  return layout(frame, {
    head: { title: 'Settings', description: 'How the page is set for you.', canonical: null },
    section: 'settings',
    main: html`<h1 class="title">Settings</h1>${saved ? html`<p class="notice" role="status">Saved, in a cookie of this browser.</p>` : nothing}
<form class="settings" method="post" action="${href.settings}">
${choice('edition', edition, 'Edition', [
  ['auto', 'As this device is set'],
  ['day', 'Day edition: ink on paper'],
  ['late', 'Late edition: light on dark'],
])}
${choice('density', density, 'Setting', [
  ['normal', 'Normal'],
  ['compact', 'Compact'],
])}
${choice('keys', keys ? 'on' : 'off', 'Keys', [
  ['on', 'On: j, k, o, v, s, / and ?'],
  ['off', 'Off'],
])}
<button class="button">Save</button>
</form>`,
  });
};
