import { dayOf } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import type { SavedSearchesPage } from '../model/saved-search.ts';
import { href } from '../model/urls.ts';
import { shortDate, time } from './dates.ts';

const on = (at: number): Html => time(dayOf(at), shortDate(dayOf(at)));

const row = ({
  id,
  name,
  createdAt,
  toldAt,
  trouble,
}: NonNullable<SavedSearchesPage['push']>['devices'][number]): Html =>
  html`<li data-device="${id}"><p><strong>${name}</strong><br><span class="small">since ${on(createdAt)}${toldAt === null ? ', not told of anything yet' : html`, last told ${on(toldAt)}`}</span>${trouble === null ? nothing : html`<br><span class="small">The last notification was not taken: ${trouble}</span>`}</p>
<form class="row" method="post" action="${href.pushDevice(id)}"><button class="button" name="do" value="try" aria-label="Try it on ${name}">Try it</button><button class="button" name="do" value="remove" aria-label="Remove ${name}">Remove</button></form></li>`;

/** The browsers that show a reader notifications, and the way to one more, which only a browser that can has. */
export const pushDevicesBlock = ({ push }: SavedSearchesPage): Html => {
  if (push === undefined) return nothing;
  const { devices, key, said } = push;
  return html`<section class="account devices" id="devices" aria-labelledby="devices-title" data-push="${key}"${devices.length === 0 ? html` hidden` : nothing}>
<h2 class="section" id="devices-title">On your devices</h2>
${said === null ? nothing : html`<p class="notice" role="status">${said}</p>`}<p>What is new in a saved search, at once, as a notification. It comes by way of the browser’s maker, who cannot read it.</p>
${devices.length === 0 ? nothing : html`<ul class="rows">${devices.map(row)}</ul>`}
<p><button class="button" type="button" hidden data-on>Tell me on this device</button></p>
<p class="small" role="status" hidden data-said></p>
</section>`;
};
