import assert from 'node:assert/strict';
import { maxEvents, runLine } from '../../bench/promotion-line.ts';

/** What `npm run bench -- promotion-line` does with 200 tickets, with 12. */
describe('e2e: a line of twelve', function () {
  this.timeout(300_000);

  it('promotes all in the order they entered, none lost, one at a time', async () => {
    const { entries, faults, longestHistory, seconds } = await runLine({ tickets: 12, log: () => {} });
    assert.deepEqual(faults, []);
    assert.equal(entries.length, 12);
    assert.ok(longestHistory < maxEvents, `${longestHistory} events`);
    console.log(`      12 promotions in ${Math.round(seconds)} s, longest history ${longestHistory} events`);
  });
});
