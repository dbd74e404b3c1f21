import assert from 'node:assert/strict';
import {
  allDownSince,
  beginDelivery,
  endDelivery,
  newChannel,
  type Channel,
} from '../../workflows/approval/channel.ts';
import {
  deadlineOf,
  isLate,
  newClock,
  setRunning,
  startClock,
  startOf,
} from '../../workflows/approval/clock.ts';

const minute = 60_000;

describe('the clock of a request', () => {
  const started = startClock(newClock, 10 * minute);

  it('has no deadline before it starts, and starts once', () => {
    assert.equal(deadlineOf(newClock, 5), null);
    assert.equal(setRunning(newClock, false, 0), newClock);
    assert.equal(startClock(started, 99 * minute), started);
    assert.equal(deadlineOf(started, 5), 15 * minute);
  });

  it('stands still: the deadline moves by as much', () => {
    const still = setRunning(started, false, 12 * minute);
    assert.deepEqual([deadlineOf(still, 5), setRunning(still, false, 13 * minute)], [null, still]);
    const again = setRunning(still, true, 20 * minute);
    assert.deepEqual([startOf(again), deadlineOf(again, 5)], [18 * minute, 23 * minute]);
    assert.equal(setRunning(again, true, 30 * minute), again);
  });

  it('stops no earlier than it ran, and runs no earlier than it stopped', () => {
    const early = setRunning(started, false, 0);
    assert.equal(early.stillSinceMs, 10 * minute);
    assert.equal(setRunning(early, true, 5 * minute).stoodMs, 0);
    const again = setRunning(setRunning(early, true, 20 * minute), false, 15 * minute);
    assert.equal(again.stillSinceMs, 20 * minute);
  });

  const cases = [
    ['in time', 14 * 60, false],
    ['within the tolerance', 16 * 60, false],
    ['after it', 16 * 60 + 1, true],
  ] as const;
  for (const [what, iat, late] of cases)
    it(`${what}: ${late ? 'late' : 'not late'}`, () => assert.equal(isLate(started, 5, iat), late));
  it('nobody is late while it stands still', () =>
    assert.equal(isLate(setRunning(started, false, 11 * minute), 5, 999_999), false));
});

describe('whether people can be reached', () => {
  const trying = beginDelivery(newChannel, 0);
  const failed = endDelivery(beginDelivery(newChannel, 0), 'failed', minute);

  const cases: readonly (readonly [string, readonly Channel[], number, number | null])[] = [
    ['nothing was tried', [newChannel], 9 * minute, null],
    ['tried for a moment', [trying], 2 * minute, null],
    ['tried for long', [trying], 9 * minute, 2 * minute],
    ['refused', [failed], 9 * minute, minute],
    ['one of two', [trying, newChannel], 9 * minute, null],
    ['both: since the later one', [trying, failed], 9 * minute, 2 * minute],
  ];
  for (const [what, channels, now, since] of cases)
    it(`${what}: ${since === null ? 'yes' : `not since minute ${since / minute}`}`, () =>
      assert.equal(allDownSince(channels, now), since));

  it('a delivery that was given up for a newer one still counts from its beginning', () => {
    const next = beginDelivery(endDelivery(trying, 'superseded', 5 * minute), 5 * minute);
    assert.equal(allDownSince([next], 6 * minute), 2 * minute);
    assert.equal(allDownSince([endDelivery(next, 'delivered', 6 * minute)], 60 * minute), null);
  });

  it('while one is delivered and another is not, the other counts from then', () => {
    const both = endDelivery(beginDelivery(trying, 0), 'delivered', 5 * minute);
    assert.deepEqual(
      [allDownSince([both], 6 * minute), allDownSince([both], 8 * minute)],
      [null, 7 * minute],
    );
  });

  it('a refusal after long trying counts from the trying', () =>
    assert.equal(allDownSince([endDelivery(trying, 'failed', 9 * minute)], 10 * minute), 2 * minute));
});
