import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GroupAgenda } from '../model/group-page.ts';
import { type Meeting, startOf } from '../model/meeting.ts';
import { agendaFile } from './agenda-file.ts';

/** A reader of RFC 5545 that knows nothing of how the file was written, and takes no liberties. */
type Event = ReadonlyMap<string, { readonly value: string; readonly parameters: string }>;

const readCalendar = (file: string): { readonly calendar: Event; readonly events: readonly Event[] } => {
  assert.ok(file.endsWith('END:VCALENDAR\r\n'));
  assert.doesNotMatch(file, /[^\r]\n|\r[^\n]/, 'every line ends in CRLF');
  const lines = file.slice(0, -2).split('\r\n');
  for (const line of lines) assert.ok(Buffer.byteLength(line) <= 75, `${Buffer.byteLength(line)} octets: ${line}`);
  const unfolded = file
    .slice(0, -2)
    .replace(/\r\n[ \t]/g, '')
    .split('\r\n');
  const stack: string[] = [];
  const calendar = new Map<string, { value: string; parameters: string }>();
  const events: Map<string, { value: string; parameters: string }>[] = [];
  for (const line of unfolded) {
    const match = /^([A-Z0-9-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^;:"]*))*):(.*)$/s.exec(line);
    assert.ok(match, `no content line: ${line}`);
    const [, name = '', parameters = '', value = ''] = match;
    if (name === 'BEGIN') {
      stack.push(value);
      if (value === 'VEVENT') events.push(new Map());
    } else if (name === 'END') assert.equal(stack.pop(), value);
    else {
      const into = stack.at(-1) === 'VEVENT' ? (events.at(-1) ?? calendar) : calendar;
      assert.ok(!into.has(name), `${name} twice`);
      into.set(name, { value, parameters });
    }
  }
  assert.deepEqual(stack, []);
  return { calendar, events };
};

const textOf = (event: Event, name: string): string =>
  (event.get(name)?.value ?? '').replace(/\\([\\;,nN])/g, (_, c: string) => (c.toLowerCase() === 'n' ? '\n' : c));

const instant = (event: Event, name: string): number => {
  const { value = '', parameters } = event.get(name) ?? {};
  assert.equal(parameters, '', `${name} is in UTC`);
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value) ?? [];
  assert.ok(y, `${name}: ${value}`);
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
};

const meeting = (id: string, rest: Partial<Meeting> = {}): Meeting => ({
  id,
  group: 'tuesdays',
  paperId: null,
  title: `Meeting ${id}`,
  presenter: 'Bo',
  day: '2026-11-24',
  time: '14:00',
  zone: 'Europe/Berlin',
  lastsMin: 90,
  startsAt: startOf('2026-11-24', '14:00', 'Europe/Berlin') ?? 0,
  place: 'Room 1',
  link: '',
  minutes: '',
  sequence: 3,
  cancelled: false,
  createdBy: 'ada',
  createdAt: Date.parse('2026-11-01T08:00:00Z'),
  changedAt: Date.parse('2026-11-02T09:30:15Z'),
  ...rest,
});

const agenda = (...meetings: readonly Meeting[]): GroupAgenda => ({
  group: {
    handle: 'tuesdays',
    name: 'Tuesdays; slowly, \\ calmly',
    about: '',
    visibility: 'private',
    windowDays: 30,
    createdBy: 'ada',
    createdAt: 0,
  },
  standing: 'member',
  coming: meetings.map((one) => ({ meeting: one, card: null })),
  past: [],
});

test('a meeting comes back from the file as it went in', () => {
  const file = agendaFile(agenda(meeting('m1'), meeting('m2', { cancelled: true })), 'https://papers.example');
  const { calendar, events } = readCalendar(file);
  assert.equal(calendar.get('VERSION')?.value, '2.0');
  assert.equal(calendar.get('METHOD')?.value, 'PUBLISH');
  assert.ok(calendar.get('PRODID')?.value);
  assert.equal(textOf(calendar, 'X-WR-CALNAME'), 'Tuesdays; slowly, \\ calmly');
  assert.equal(events.length, 2);
  const [first, second] = events as [Event, Event];
  assert.equal(first.get('UID')?.value, 'm1@groups.broadsheet');
  assert.equal(first.get('SEQUENCE')?.value, '3');
  assert.equal(instant(first, 'DTSTAMP'), Date.parse('2026-11-02T09:30:15Z'));
  assert.equal(instant(first, 'LAST-MODIFIED'), Date.parse('2026-11-02T09:30:15Z'));
  assert.equal(instant(first, 'CREATED'), Date.parse('2026-11-01T08:00:00Z'));
  assert.equal(instant(first, 'DTSTART'), Date.parse('2026-11-24T13:00:00Z'));
  assert.equal(instant(first, 'DTEND'), Date.parse('2026-11-24T14:30:00Z'));
  assert.equal(textOf(first, 'SUMMARY'), 'Meeting m1');
  assert.equal(textOf(first, 'LOCATION'), 'Room 1');
  assert.equal(textOf(first, 'DESCRIPTION'), 'Presented by Bo.\n2026-11-24, 14:00 Europe/Berlin.');
  assert.equal(first.get('URL')?.value, 'https://papers.example/groups/tuesdays/agenda/m1');
  assert.deepEqual(
    [first, second].map((event) => event.get('STATUS')?.value),
    ['CONFIRMED', 'CANCELLED'],
  );
});

test('whatever a meeting says cannot break its line, end its event or add another', () => {
  const unit = fc.constantFrom('a', 'ü', '—', '😀', ',', ';', ':', '\\', '"', ' ', 'BEGIN:VEVENT', 'END:VCALENDAR');
  const said = fc.string({ unit, maxLength: 120 }).map((text) => `x${text.trim()}`);
  fc.assert(
    fc.property(said, said, said, (title, place, presenter) => {
      const { events } = readCalendar(
        agendaFile(agenda(meeting('m', { title, place, presenter })), 'http://x.example'),
      );
      assert.equal(events.length, 1);
      const [event] = events as [Event];
      assert.equal(textOf(event, 'SUMMARY'), title);
      assert.equal(textOf(event, 'LOCATION'), place);
      assert.equal(textOf(event, 'DESCRIPTION').split('\n')[0], `Presented by ${presenter}.`);
    }),
  );
});

test('a calendar without meetings is one', () => {
  assert.deepEqual(readCalendar(agendaFile(agenda(), 'http://x.example')).events, []);
});
