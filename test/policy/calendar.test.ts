import assert from 'node:assert/strict';
import { nextOpening, windowsAt, type Windows } from '../../activities/temporal/calendar.ts';

type CronWindow = Extract<Windows[number], { cron: string }>;

const weekly = (changes: Partial<CronWindow> = {}): CronWindow => ({
  name: 'weekend',
  cron: '0 16 * * 5',
  minutes: 3_840,
  timeZone: 'Europe/Berlin',
  reason: 'nobody is there',
  exceptHotfix: false,
  ...changes,
});
const daily = (cron: string, minutes: number, timeZone = 'UTC') =>
  weekly({ name: 'daily', cron, minutes, timeZone });
const fixed = (from: string, to: string, timeZone: string): Windows[number] => ({
  name: 'turn-of-the-year',
  from,
  to,
  timeZone,
  reason: 'change stop',
  exceptHotfix: true,
});

const untilsOf = (windows: Windows, at: string, hotfix = false) =>
  windowsAt(windows, new Date(at), { hotfix }).map(({ until }) => until);
const opening = (windows: Windows, at: string, hotfix = false) =>
  nextOpening(windows, new Date(at), { hotfix })?.toISOString() ?? null;

describe('windowsAt', () => {
  const monday = '2026-11-23T07:00:00.000Z';
  const newYear = fixed('2026-12-23T18:00', '2027-01-04T06:00', 'Europe/Berlin');
  const cases: readonly (readonly [
    rule: string,
    window: Windows[number],
    at: string,
    until: string | null,
  ])[] = [
    ['begins at its minute', weekly(), '2026-11-20T15:00:00.000Z', monday],
    ['is not there a millisecond before', weekly(), '2026-11-20T14:59:59.999Z', null],
    ['lasts until its end', weekly(), '2026-11-23T06:59:59.999Z', monday],
    ['is over at its end', weekly(), monday, null],
    ['begins by local time in summer', weekly(), '2026-07-03T14:00:00.000Z', '2026-07-06T06:00:00.000Z'],
    ['is not there before local time in summer', weekly(), '2026-07-03T13:59:59.999Z', null],
    [
      'lasts its minutes when the clocks go forward meanwhile',
      weekly(),
      '2026-03-29T12:00:00.000Z',
      '2026-03-30T07:00:00.000Z',
    ],
    [
      'lasts its minutes when the clocks go back meanwhile',
      weekly(),
      '2026-10-25T12:00:00.000Z',
      '2026-10-26T06:00:00.000Z',
    ],
    [
      'begins after the hour that does not exist',
      daily('30 2 * * *', 30, 'Europe/Berlin'),
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'begins in the first of two equal hours',
      daily('30 2 * * *', 30, 'Europe/Berlin'),
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ],
    [
      'does not begin again in the second',
      daily('30 2 * * *', 30, 'Europe/Berlin'),
      '2026-10-25T01:30:00.000Z',
      null,
    ],
    [
      'knows the last day of a month',
      daily('0 0 L * *', 1_440),
      '2027-02-28T23:59:00.000Z',
      '2027-03-01T00:00:00.000Z',
    ],
    ['knows a leap day', daily('0 0 29 2 *', 60), '2028-02-29T00:30:00.000Z', '2028-02-29T01:00:00.000Z'],
    [
      'lasts over the end of a year',
      daily('0 22 31 12 *', 240),
      '2027-01-01T01:00:00.000Z',
      '2027-01-01T02:00:00.000Z',
    ],
    ['never begins on a day that there is not', daily('0 0 30 2 *', 60), '2026-02-28T00:00:00.000Z', null],
    [
      'counts from its latest beginning',
      daily('0 * * * *', 90),
      '2026-11-20T10:10:00.000Z',
      '2026-11-20T11:30:00.000Z',
    ],
    ['may last a month', daily('0 0 1 * *', 44_640), '2026-12-31T12:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    [
      'knows half-hour zones',
      daily('0 9 * * *', 60, 'Asia/Kolkata'),
      '2026-11-20T03:30:00.000Z',
      '2026-11-20T04:30:00.000Z',
    ],
    ['from local time', newYear, '2026-12-23T17:00:00.000Z', '2027-01-04T05:00:00.000Z'],
    ['not before local time', newYear, '2026-12-23T16:59:59.999Z', null],
    ['to local time', newYear, '2027-01-04T05:00:00.000Z', null],
    [
      'from winter to summer time',
      fixed('2026-03-28T12:00', '2026-03-30T12:00', 'Europe/Berlin'),
      '2026-03-30T09:59:59.999Z',
      '2026-03-30T10:00:00.000Z',
    ],
    [
      'from a time that does not exist',
      fixed('2026-03-29T02:30', '2026-03-29T05:00', 'Europe/Berlin'),
      '2026-03-29T01:30:00.000Z',
      '2026-03-29T03:00:00.000Z',
    ],
    [
      'on both sides of the date line',
      fixed('2026-11-21T00:00', '2026-11-22T00:00', 'Pacific/Auckland'),
      '2026-11-20T11:00:00.000Z',
      '2026-11-21T11:00:00.000Z',
    ],
    [
      'never from later to earlier',
      fixed('2026-11-22T00:00', '2026-11-21T00:00', 'UTC'),
      '2026-11-21T12:00:00.000Z',
      null,
    ],
  ];
  for (const [rule, window, at, until] of cases)
    it(`${'cron' in window ? window.cron : 'from and to'}: ${rule}`, () =>
      assert.deepEqual(untilsOf([window], at), until === null ? [] : [until]));

  it('tells every active window with its reason, and lets a hotfix pass by those that say so', () => {
    const windows = [newYear, weekly()];
    const at = new Date('2026-12-26T12:00:00.000Z');
    assert.deepEqual(windowsAt(windows, at, { hotfix: false }), [
      { name: 'turn-of-the-year', reason: 'change stop', until: '2027-01-04T05:00:00.000Z' },
      { name: 'weekend', reason: 'nobody is there', until: '2026-12-28T07:00:00.000Z' },
    ]);
    assert.deepEqual(
      windowsAt(windows, at, { hotfix: true }).map(({ name }) => name),
      ['weekend'],
    );
  });

  it('agrees with the local clock, over both of its changes', () => {
    for (const day of ['2026-03-28', '2026-10-24'])
      for (let minute = 0; minute < 2 * 1_440; minute += 7) {
        const at = new Date(Date.parse(`${day}T12:00:00Z`) + minute * 60_000);
        const found = windowsAt([daily('15 */3 * * *', 40, 'Europe/Berlin')], at, { hotfix: false });
        const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
        const begun = Array.from({ length: 40 }, (_, ago) => local.format(at.getTime() - ago * 60_000)).some(
          (time) => /^(?:00|03|06|09|12|15|18|21):15$/.test(time),
        );
        assert.equal(found.length > 0, begun, at.toISOString());
      }
  });

  it('throws for what is no five-field pattern', () => {
    for (const cron of ['0 0 16 * * 5', '61 * * * *', 'friday'])
      assert.throws(() => windowsAt([weekly({ cron })], new Date(), { hotfix: false }), cron);
  });
});

describe('nextOpening', () => {
  it('is now when nothing is active', () =>
    assert.equal(opening([weekly()], '2026-11-19T12:00:00.000Z'), '2026-11-19T12:00:00.000Z'));

  it('chains windows that overlap or adjoin', () => {
    const overlapping = fixed('2026-11-23T07:30', '2026-11-24T00:00', 'Europe/Berlin');
    const adjoining = daily('0 23 23 11 *', 60);
    const windows = [adjoining, weekly(), overlapping];
    assert.equal(opening(windows, '2026-11-21T00:00:00.000Z'), '2026-11-24T00:00:00.000Z');
    assert.equal(opening([weekly(), adjoining], '2026-11-21T00:00:00.000Z'), '2026-11-23T07:00:00.000Z');
  });

  it('is earlier for a hotfix', () => {
    const windows = [fixed('2026-11-23T07:30', '2026-11-24T00:00', 'Europe/Berlin'), weekly()];
    assert.equal(opening(windows, '2026-11-21T00:00:00.000Z', true), '2026-11-23T07:00:00.000Z');
  });

  it('is not to be foreseen when the windows never end', () =>
    assert.equal(opening([daily('0 0 * * *', 1_440)], '2026-11-21T00:00:00.000Z'), null));
});
