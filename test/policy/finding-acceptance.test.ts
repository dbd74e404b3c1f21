import assert from 'node:assert/strict';
import { judgeRevoke, readUnaccept } from '../../workflows/finding-acceptance/early-end.ts';
import type { AcceptanceRequest } from '../../workflows/finding-acceptance/messages.ts';
import {
  endOfDay,
  findRefusal,
  planHold,
  readRequestText,
  toRequestText,
} from '../../workflows/finding-acceptance/request.ts';
import { describeEnd } from '../../workflows/finding-acceptance/texts.ts';
import { withRecheck } from '../../workflows/halo-sync/parked.ts';
import { claimsTo } from '../support/signed-decisions.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const day = 86_400_000;

describe('the comment that asks to accept a finding', () => {
  for (const [what, text, read] of [
    ['as the CLI writes it', toRequestText('2026-12-31', 'behind the WAF'), ['2026-12-31', 'behind the WAF']],
    ['of several lines', toRequestText('2026-12-31', 'behind\nthe  WAF '), ['2026-12-31', 'behind the WAF']],
    ['with a colon in the reason', toRequestText('2026-12-31', 'WAF: on'), ['2026-12-31', 'WAF: on']],
    ['without a reason', 'Asks to accept this finding until 2026-12-31: ', undefined],
    ['without a day', 'Asks to accept this finding until ever: no', undefined],
    ['quoted by somebody', 'He wrote: Asks to accept this finding until 2026-12-31: no', undefined],
    ['about something else', 'LGTM', undefined],
  ] as const)
    it(what, () => {
      const found = readRequestText(text);
      assert.deepEqual(found && [found.day, found.reason], read);
    });
});

describe('how long a finding may be accepted', () => {
  const ask = (until: string, reason = 'why', askedAt = now) =>
    findRefusal({ day: until, reason, askedAt: new Date(askedAt).toISOString() }, 90, now) ?? 'asked';
  for (const [what, answer, expected] of [
    ['today, to its end', ask('2026-11-22'), /^asked$/],
    ['to the last day', ask('2027-02-20'), /^asked$/],
    ['one day more is refused, not shortened', ask('2027-02-21'), /more than 90 days/],
    ['asked long ago for long from then', ask('2027-02-20', 'why', now - 2 * day), /more than 90 days/],
    ['yesterday', ask('2026-11-21'), /is over/],
    ['no day of the calendar', ask('2026-11-31'), /is no day/],
    ['a time', ask('2026-12-01T10:00:00Z'), /is no day/],
    ['without a reason', ask('2026-12-01', ' '), /needs a reason/],
    ['a novel', ask('2026-12-01', 'x'.repeat(501)), /longer than 500/],
  ] as const)
    it(what, () => assert.match(answer, expected));

  it('ends with its day', () => assert.equal(endOfDay('2026-12-31'), '2026-12-31T23:59:59.000Z'));
});

describe('while a finding is accepted', () => {
  const plan = (days: number) =>
    planHold(now, now + days * day).map(({ at, what }) => `${what} ${(at - now) / day}`);
  const quarter = 0.25 / 24;
  for (const [what, days, steps] of [
    ['long', 90, [`confirm ${quarter}`, 'remind 76', 'remind 87', 'end 90']],
    [
      'for ten days: at half and three days before',
      10,
      [`confirm ${quarter}`, 'remind 5', 'remind 7', 'end 10'],
    ],
    ['for two days: once, at half', 2, [`confirm ${quarter}`, 'remind 1', 'end 2']],
    ['for eight minutes', 8 / 1440, [`remind ${4 / 1440}`, `end ${8 / 1440}`]],
  ] as const)
    it(what, () => assert.deepEqual(plan(days), steps));
});

describe('an acceptance ends early', () => {
  const request = { requester: 'sam' } as AcceptanceRequest;
  const held = {
    requestId: 'r1',
    policy: { quorum: [{ group: 'security', count: 1 }] },
    view: { state: 'accepted', request, approvers: ['sue'] },
  } as const;
  const judge = (part: Parameters<typeof claimsTo>[1]) =>
    judgeRevoke(claimsTo('w', { verb: 'revoke', requestId: 'r1', principal: 'eve', ...part }), held)
      ?.accepted;
  for (const [what, part, accepted] of [
    ['by whoever approved', { principal: 'sue' }, true],
    ['by a delegate of whoever approved', { principal: 'sid', actingFor: 'sue' }, true],
    ['by whoever might have approved', { groups: ['security'] }, true],
    ['by whoever asked for it', { principal: 'sam' }, true],
    ['not by anybody', {}, false],
    ['not by a decision about another request', { principal: 'sue', requestId: 'r2' }, undefined],
    ['not by another verb', { principal: 'sue', verb: 'reject' }, undefined],
  ] as const)
    it(what, () => assert.equal(judge(part), accepted));

  for (const junk of [undefined, null, 3, [], {}, { by: 'sue' }, { by: 'sue', reason: 7 }])
    it(`not by ${JSON.stringify(junk)}`, () => assert.equal(readUnaccept(junk), undefined));

  it('and says by whom', () => {
    assert.equal(describeEnd({ how: 'revoked', by: 'sue', reason: null }), 'revoked by sue');
    assert.equal(describeEnd({ how: 'unaccepted', by: 'sam', reason: 'x' }), 'taken back by sam: x');
  });
});

describe('findings that are looked at again', () => {
  const parked = [{ findingId: 'a', reason: 'Conflict: x', since: '2026-01-01T00:00:00.000Z', tries: 7 }];
  const ids = (of: readonly string[], from = parked) =>
    withRecheck(from, of, now).map(({ findingId, tries }) => `${findingId} ${tries}`);
  const full = Array.from({ length: 1_000 }, (_, index) => ({
    ...parked[0],
    findingId: `f${index}`,
    tries: 1,
  }));
  for (const [what, found, expected] of [
    ['none', ids([]), ['a 7']],
    ['one that nobody parked', ids(['b']), ['a 7', 'b 0']],
    ['one that is parked: with its reason, tried anew', ids(['a']), ['a 0']],
    ['one that is named twice', ids(['b', 'b']), ['a 7', 'b 0']],
  ] as const)
    it(what, () => assert.deepEqual(found, expected));

  it('are no more than can be kept', () =>
    assert.equal(withRecheck(full as typeof parked, ['x'], now).length, 1_000));

  it('are due in a pass that begins this very moment', () =>
    assert.equal(Date.parse(withRecheck([], ['b'], now)[0]?.since ?? '') < now, true));
});
