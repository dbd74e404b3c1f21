import assert from 'node:assert/strict';
import {
  readCarried,
  readSwitchOff,
  switchedOff,
  toView,
  withApproval,
} from '../../workflows/auto-approval/off.ts';
import { approvalPolicy } from '../support/approval-answers.ts';

const said = { by: 'sue', reason: 'PRODCM-12 failed', approval: approvalPolicy };
const nowMs = Date.parse('2026-11-03T10:00:00Z');
const off = switchedOff(null, said, nowMs);
const stricter = { ...approvalPolicy, version: 2, digest: 'f'.repeat(64) };

describe('switching auto-approval off', () => {
  const malformed: readonly [what: string, payload: unknown][] = [
    ['nothing', null],
    ['a list', [said]],
    ['nobody', { ...said, by: '' }],
    ['no reason', { ...said, reason: '' }],
    ['a reason without end', { ...said, reason: 'x'.repeat(501) }],
    ['no rules', { ...said, approval: undefined }],
    ['rules that nobody can fulfil', { ...said, approval: { ...approvalPolicy, quorum: [] } }],
    ['rules of another form', { ...said, approval: 'production' }],
  ];
  for (const [what, payload] of malformed)
    it(`is not done by ${what}`, () => assert.equal(readSwitchOff(payload), undefined));

  it('says who, why, since when and who may switch it on', () =>
    assert.deepEqual(off, { ...said, since: '2026-11-03T10:00:00.000Z' }));

  it('has its reason in one line', () =>
    assert.equal(readSwitchOff({ ...said, reason: ' one\n two ' })?.reason, 'one two'));

  it('changes nothing when it is said again', () => assert.equal(switchedOff(off, said, nowMs + 1), off));

  it('keeps every reason, and the time of the first', () => {
    const second = switchedOff(off, { ...said, by: 'sid', reason: 'PRODCM-13 failed' }, nowMs + 60_000);
    assert.equal(second.reason, 'PRODCM-12 failed\nPRODCM-13 failed');
    assert.deepEqual([second.since, second.by], [off.since, 'sue']);
    assert.equal(switchedOff(second, said, nowMs), second);
  });

  it('takes the rules that were said last', () => {
    assert.deepEqual(switchedOff(off, { ...said, approval: stricter }, nowMs).approval, stricter);
    assert.deepEqual(withApproval(off, stricter).approval, stricter);
    assert.equal(withApproval(off, approvalPolicy), off);
  });

  it('is what others see', () => {
    assert.deepEqual(toView(null), { on: true, since: null, reason: null });
    assert.deepEqual(toView(off), { on: false, since: off.since, reason: 'PRODCM-12 failed' });
  });
});

describe('what auto-approval carries along', () => {
  it('is on or off as before, whatever its reasons add up to', () => {
    const long = { ...off, reason: 'x'.repeat(2_000) };
    assert.equal(readCarried(undefined), null);
    assert.equal(readCarried({ off: null }), null);
    assert.deepEqual(readCarried({ off: long }), long);
  });

  for (const other of [{}, 'off', { ...off, approval: null }, { ...off, since: 0 }])
    it(`is never taken for on when it is ${JSON.stringify(other).slice(0, 20)}…`, () =>
      assert.throws(() => readCarried({ off: other as never }), /malformed/));
});
