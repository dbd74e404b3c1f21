import assert from 'node:assert/strict';
import { CliError } from '../../starters/cli/cli-error.ts';
import { toHoldEnd } from '../../starters/cli/hold-end.ts';

const now = Date.UTC(2026, 10, 4, 9, 30);

describe('toHoldEnd', () => {
  for (const [given, end] of [
    [{}, null],
    [{ for: '90m' }, '2026-11-04T11:00:00.000Z'],
    [{ for: '4h' }, '2026-11-04T13:30:00.000Z'],
    [{ for: '1h30m' }, '2026-11-04T11:00:00.000Z'],
    [{ for: '2d' }, '2026-11-06T09:30:00.000Z'],
    [{ until: '2026-11-04T18:00+01:00' }, '2026-11-04T17:00:00.000Z'],
    [{ until: '2026-11-04T17:00:00Z' }, '2026-11-04T17:00:00.000Z'],
  ] as const)
    it(`${JSON.stringify(given)}: ${end}`, () => assert.equal(toHoldEnd(given, now), end));

  for (const [given, problem] of [
    [{ for: '4' }, /no duration/],
    [{ for: '-4h' }, /no duration/],
    [{ for: '0h' }, /no duration/],
    [{ for: '4 h' }, /no duration/],
    [{ for: '400d' }, /longer than a year/],
    [{ until: '2026-11-05' }, /is no time/],
    [{ until: '2026-11-05T09:00' }, /is no time/],
    [{ until: '2026-13-05T09:00Z' }, /is no time/],
    [{ until: 'tomorrow' }, /is no time/],
    [{ until: '2026-11-04T09:30Z' }, /over already/],
    [{ until: '2027-12-04T09:30Z' }, /longer than a year/],
    [{ until: '2026-11-05T09:00Z', for: '4h' }, /both say/],
  ] as const)
    it(`refuses ${JSON.stringify(given)}`, () =>
      assert.throws(
        () => toHoldEnd(given, now),
        (error) => error instanceof CliError && error.exitCode === 2 && problem.test(error.message),
      ));
});
