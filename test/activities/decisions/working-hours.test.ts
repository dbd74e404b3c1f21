import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { addWorkingMinutes } from '../../../activities/decisions/working-hours.ts';
import type { WorkingHours } from '../../../workflows/approval/messages.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const hours = (
  timeZone: string,
  from: string,
  to: string,
  days: WorkingHours['days'] = weekdays,
): WorkingHours => ({
  timeZone,
  from,
  to,
  days,
});
const berlin = hours('Europe/Berlin', '09:00', '17:00');
const everyDay = [...weekdays, 'sat', 'sun'] as const;

/** 2026-11-23 is a Monday. Berlin: UTC+1 in winter, UTC+2 from 29 March to 25 October 2026. */
const cases: readonly [
  what: string,
  from: string,
  minutes: number,
  hours: WorkingHours | null,
  due: string,
][] = [
  ['no hours: every minute counts', '2026-11-22T23:30:00Z', 60, null, '2026-11-23T00:30:00.000Z'],
  ['within one day', '2026-11-23T09:00:00Z', 60, berlin, '2026-11-23T10:00:00.000Z'],
  ['before work: from its beginning', '2026-11-23T03:00:00Z', 60, berlin, '2026-11-23T09:00:00.000Z'],
  ['after work: the next day', '2026-11-23T18:00:00Z', 60, berlin, '2026-11-24T09:00:00.000Z'],
  ['over the night', '2026-11-23T15:30:00Z', 60, berlin, '2026-11-24T08:30:00.000Z'],
  ['over the weekend', '2026-11-27T15:30:00Z', 60, berlin, '2026-11-30T08:30:00.000Z'],
  ['to the very end of a day', '2026-11-23T15:00:00Z', 60, berlin, '2026-11-23T16:00:00.000Z'],
  ['a whole week', '2026-11-23T08:00:00Z', 5 * 480, berlin, '2026-11-27T16:00:00.000Z'],
  ['nothing at all, out of hours', '2026-11-22T12:00:00Z', 0, berlin, '2026-11-23T08:00:00.000Z'],
  ['seconds are kept', '2026-11-23T09:00:30.500Z', 0.5, berlin, '2026-11-23T09:01:00.500Z'],
  ['over the change to summer time', '2026-03-27T15:30:00Z', 60, berlin, '2026-03-30T07:30:00.000Z'],
  ['over the change to winter time', '2026-10-23T14:30:00Z', 60, berlin, '2026-10-26T08:30:00.000Z'],
  [
    'a night shift that loses an hour',
    '2026-03-28T20:00:00Z',
    5 * 60,
    hours('Europe/Berlin', '22:00', '04:00', everyDay),
    '2026-03-29T02:00:00.000Z',
  ],
  [
    'a night shift that gains an hour',
    '2026-10-24T20:00:00Z',
    7 * 60,
    hours('Europe/Berlin', '22:00', '04:00', everyDay),
    '2026-10-25T03:00:00.000Z',
  ],
  [
    'a beginning that the clock skips',
    '2026-03-29T00:00:00Z',
    30,
    hours('Europe/Berlin', '02:30', '05:00', everyDay),
    '2026-03-29T02:00:00.000Z',
  ],
  [
    'a beginning that comes twice: the first',
    '2026-10-24T23:00:00Z',
    30,
    hours('Europe/Berlin', '02:30', '05:00', everyDay),
    '2026-10-25T01:00:00.000Z',
  ],
  [
    'a shift that began yesterday',
    '2026-11-24T01:00:00Z',
    30,
    hours('Europe/Berlin', '22:00', '06:00', ['mon']),
    '2026-11-24T01:30:00.000Z',
  ],
  [
    'until midnight',
    '2026-11-23T22:30:00Z',
    30,
    hours('Europe/Berlin', '20:00', '24:00'),
    '2026-11-23T23:00:00.000Z',
  ],
  [
    'all day long',
    '2026-11-23T22:30:00Z',
    60,
    hours('Europe/Berlin', '00:00', '24:00', ['mon', 'tue']),
    '2026-11-23T23:30:00.000Z',
  ],
  [
    'a half-hour zone',
    '2026-11-23T03:00:00Z',
    60,
    hours('Asia/Kolkata', '09:00', '17:00'),
    '2026-11-23T04:30:00.000Z',
  ],
  [
    'a day that is another in UTC',
    '2026-11-22T20:00:00Z',
    60,
    hours('Pacific/Auckland', '09:00', '17:00'),
    '2026-11-22T21:00:00.000Z',
  ],
  [
    'a zone that changes by half an hour',
    '2026-10-02T06:00:00Z',
    60,
    hours('Australia/Lord_Howe', '09:00', '17:00'),
    '2026-10-04T22:30:00.000Z',
  ],
  [
    'a day that a zone left out',
    '2011-12-30T09:00:00Z',
    60,
    hours('Pacific/Apia', '09:00', '17:00', ['fri', 'sat']),
    '2011-12-30T20:00:00.000Z',
  ],
  [
    'later than anybody waits',
    '2026-11-23T00:00:00Z',
    525_600,
    hours('UTC', '09:00', '09:01', ['mon']),
    '2029-01-31T00:00:00.000Z',
  ],
];

describe('addWorkingMinutes', () => {
  for (const [what, from, minutes, rules, due] of cases)
    it(what, () => assert.equal(addWorkingMinutes(new Date(from), minutes, rules).toISOString(), due));

  it('says the same wherever the worker runs', () => {
    const script = `import { addWorkingMinutes } from './activities/decisions/working-hours.ts';
      const cases = ${JSON.stringify(cases)};
      console.log(JSON.stringify(cases.map(([, from, minutes, hours]) => addWorkingMinutes(new Date(from), minutes, hours))));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TZ: 'Asia/Tokyo', LANG: 'ar_EG.UTF-8' },
      timeout: 30_000,
    });
    assert.deepEqual(
      JSON.parse(String(printed)),
      cases.map(([, , , , due]) => due),
    );
  });
});
