import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { plainMath } from '../kernel/plain-math.ts';
import type { GroupAgenda, MeetingShown } from '../model/group-page.ts';
import { endOf } from '../model/meeting.ts';
import { href } from '../model/urls.ts';

const WEEKLY_SECONDS = 6 * 3_600;

export const meetingTitle = ({ meeting, card }: MeetingShown): string =>
  card === null ? meeting.title || 'Meeting' : plainMath(card.paper.title);

/**
 * A group's meetings as RFC 5545. Times stand in UTC: an instant needs no VTIMEZONE that a calendar could read otherwise,
 * and a meeting that is moved, or whose zone changes its rules, is sent anew. DTSTAMP is when an event last changed, as for
 * a calendar that is published (3.8.7.2).
 */
export const agendaFile = (agenda: GroupAgenda, origin: string): string => {
  const { group } = agenda;
  const calendar = ical({
    name: group.name,
    prodId: { company: 'Broadsheet', product: 'Groups', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: WEEKLY_SECONDS,
  });
  for (const shown of [...agenda.past.toReversed(), ...agenda.coming]) {
    const { meeting, card } = shown;
    const changed = new Date(meeting.changedAt);
    const description = [
      meeting.presenter === '' ? '' : `Presented by ${meeting.presenter}.`,
      `${meeting.day}, ${meeting.time} ${meeting.zone}.`,
      card === null ? '' : origin + href.paper(card.paper.id),
      meeting.link,
    ];
    calendar.createEvent({
      id: `${meeting.id}@groups.broadsheet`,
      sequence: meeting.sequence,
      stamp: changed,
      created: new Date(meeting.createdAt),
      lastModified: changed,
      start: new Date(meeting.startsAt),
      end: new Date(endOf(meeting)),
      summary: meetingTitle(shown),
      description: description.filter((line) => line !== '').join('\n'),
      location: meeting.place || meeting.link || null,
      url: origin + href.groupMeeting(group.handle, meeting.id),
      status: meeting.cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    });
  }
  return `${calendar.toString()}\r\n`;
};
