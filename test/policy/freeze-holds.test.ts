import assert from 'node:assert/strict';
import type { DecisionClaims } from '../../workflows/approval/messages.ts';
import {
  answerWave,
  dueHolds,
  emptyFreeze,
  endHold,
  findWave,
  forget,
  nextEnd,
  readCarried,
  remember,
  setHold,
  type FreezeState,
} from '../../workflows/freeze/holds.ts';
import { isPolicy } from '../../workflows/freeze/policy-form.ts';
import { leadsPolicy } from '../support/leads.ts';
import { claimsTo } from '../support/signed-decisions.ts';

const noon = Date.parse('2026-11-22T12:00:00.000Z');
const iso = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();
const claims = (part: Partial<DecisionClaims> = {}) =>
  claimsTo('freeze', { requestId: 'hold-1', iat: noon / 1000 - 60, ...part });
const held = (part: Partial<DecisionClaims> = {}, from = emptyFreeze) =>
  setHold(from, claims(part), noon).state;
const wave = (name: string, runId = 'r1') => ({ workflowId: 'agent-promotion:main:1', runId, wave: name });

describe('setHold', () => {
  it('holds from the time of the decision, with the person and his reason', () => {
    const { state, answer } = setHold(emptyFreeze, claims({ reason: ' move ', until: iso(90) }), noon);
    assert.deepEqual(state.holds, [
      { id: 'hold-1', kind: 'person', source: 'dana', reason: 'move', since: iso(-1), until: iso(90) },
    ]);
    assert.deepEqual(answer, { accepted: true, text: `held by dana until ${iso(90)}: move` });
  });

  it('sets one hold for one request, and none again when it has ended', () => {
    const once = held();
    const again = setHold(once, claims(), noon);
    assert.deepEqual([again.state, again.answer.accepted], [once, true]);
    const after = setHold(endHold(once, 'hold-1'), claims(), noon);
    assert.deepEqual([after.state.holds, 'rule' in after.answer && after.answer.rule], [[], 'replayed']);
  });

  const refused: Readonly<Record<string, readonly [Partial<DecisionClaims>, string]>> = {
    'somebody whom the configuration does not name': [{ principal: 'jira:712020:1' }, 'not-a-member'],
    'no reason': [{ reason: null }, 'reason-missing'],
    'blanks as a reason': [{ reason: ' \n' }, 'reason-missing'],
    'an end that has passed': [{ until: iso(0) }, 'expired'],
    'an end in local time': [{ until: '2026-11-23T12:00:00' }, 'malformed'],
    'an end that is no time': [{ until: '2026-99-99T12:00:00Z' }, 'malformed'],
    'an endless id': [{ requestId: 'x'.repeat(201) }, 'malformed'],
  };
  for (const [what, [part, rule]] of Object.entries(refused))
    it(`refuses ${what}`, () => {
      const { state, answer } = setHold(emptyFreeze, claims(part), noon);
      assert.deepEqual([state, 'rule' in answer && answer.rule], [emptyFreeze, rule]);
    });

  it('keeps at most fifty holds and remembers five hundred ids', () => {
    let state = emptyFreeze;
    for (let index = 0; index < 51; index += 1) state = held({ requestId: `h${index}` }, state);
    assert.equal(state.holds.length, 50);
    for (let index = 0; index < 600; index += 1)
      state = endHold(held({ requestId: `k${index}` }, { ...state, holds: [] }), `k${index}`);
    assert.equal(state.known.length, 500);
  });
});

describe('dueHolds', () => {
  const state = held({ requestId: 'b', until: iso(20) }, held({ requestId: 'a', until: iso(10) }, held()));

  it('are those whose end has come', () => {
    assert.deepEqual(dueHolds(state, noon + 599_999), []);
    assert.deepEqual(
      dueHolds(state, noon + 600_000).map(({ id }) => id),
      ['a'],
    );
  });

  it('nextEnd is the first of all ends; there may be none', () => {
    assert.equal(nextEnd(state), noon + 600_000);
    assert.equal(nextEnd(held()), undefined);
  });
});

describe('answerWave', () => {
  it('begins a wave when nothing is held, and says the same ever after', () => {
    const first = answerWave(emptyFreeze, wave('wave-1'), noon);
    assert.deepEqual(first.answer, { open: true, openedAt: iso(0) });
    const again = answerWave(held({}, first.state), wave('wave-1'), noon + 60_000);
    assert.deepEqual(again.answer, first.answer);
    assert.deepEqual(findWave(again.state, wave('wave-1'))?.overrideRequestId, null);
  });

  it('refuses it while something is held, and remembers once who asked', () => {
    const { state, answer } = answerWave(held(), wave('wave-1'), noon);
    assert.deepEqual([answer.open, 'holds' in answer && answer.holds.length], [false, 1]);
    const asked = answerWave(answerWave(state, wave('wave-1'), noon).state, wave('wave-1', 'r2'), noon).state;
    assert.deepEqual(
      asked.askers.map(({ runId }) => runId),
      ['r1', 'r2'],
    );
    const begun = answerWave(endHold(asked, 'hold-1'), wave('wave-1'), noon);
    assert.deepEqual(
      begun.state.askers.map(({ runId }) => runId),
      ['r2'],
    );
  });

  it('begins another wave, and the same of another run, anew', () => {
    const { state } = answerWave(emptyFreeze, wave('wave-1'), noon);
    for (const other of [wave('wave-2'), wave('wave-1', 'r2')])
      assert.equal(answerWave(held({}, state), other, noon).answer.open, false);
  });

  it('begins it for an exception, and remembers which', () => {
    const { state, answer } = answerWave(held(), { ...wave('wave-1'), overrideRequestId: 'e1' }, noon);
    assert.equal(answer.open, true);
    assert.equal(findWave(state, wave('wave-1'))?.overrideRequestId, 'e1');
  });

  it('is not held by what has ended and was not yet taken away', () =>
    assert.equal(answerWave(held({ until: iso(5) }), wave('wave-1'), noon + 300_000).answer.open, true));

  it('remembers two thousand waves and askers, and drops the oldest', () => {
    const full: FreezeState = {
      ...emptyFreeze,
      waves: Array.from({ length: 2_000 }, (_, index) => ({
        ...wave(`w${index}`),
        openedAt: iso(0),
        overrideRequestId: null,
      })),
      askers: Array.from({ length: 2_000 }, (_, index) => ({ workflowId: 'w', runId: `r${index}` })),
    };
    const { state } = answerWave(full, wave('new'), noon);
    assert.deepEqual(
      [state.waves.length, state.waves[0]?.wave, state.waves.at(-1)?.wave],
      [2_000, 'w1', 'new'],
    );
    const { askers } = remember(full, { workflowId: 'w', runId: 'new' });
    assert.deepEqual([askers.length, askers[0]?.runId], [2_000, 'r1']);
    assert.equal(forget(full, { workflowId: 'w', runId: 'r7' }).askers.length, 1_999);
  });
});

describe('isPolicy', () => {
  const workingHours = { timeZone: 'UTC', days: ['mon'], from: '09:00', to: '17:00' };
  const override = { group: 'leads', reviewers: 'security', reviewWithinMinutes: 60 };
  it('is what the configuration makes', () => {
    assert.equal(isPolicy(leadsPolicy), true);
    assert.equal(isPolicy({ ...leadsPolicy, override, workingHours }), true);
  });

  for (const [what, change] of Object.entries({
    'no name': { name: undefined },
    'a version as text': { version: '1' },
    'no quorum': { quorum: [] },
    'a quorum that is none': { quorum: [null] },
    'a seat for nobody': { quorum: [{ group: 'leads', count: 0 }] },
    'exclusions that are none': { exclude: 'requester' },
    'reminders that are none': { reminders: [7] },
    'no end': { expiresAfterMinutes: Number.NaN },
    'half an override': { override: { group: 'leads' } },
    'working hours as text': { workingHours: 'always' },
  }))
    it(`is not ${what}`, () => assert.equal(isPolicy({ ...leadsPolicy, ...change }), false));

  for (const value of [undefined, null, 7, 'x', []])
    it(`is not ${JSON.stringify(value)}`, () => assert.equal(isPolicy(value), false));
});

describe('readCarried', () => {
  it('takes its own state as it is', () => {
    const state = held();
    assert.equal(readCarried(state), state);
  });

  for (const [what, carried] of Object.entries({
    nothing: undefined,
    null: null,
    text: 'x',
    'a list': [],
    'half of it': { holds: [], known: [] },
    'other forms': { ...emptyFreeze, waves: {} },
  }))
    it(`begins with nothing after ${what}`, () => assert.equal(readCarried(carried), emptyFreeze));
});
