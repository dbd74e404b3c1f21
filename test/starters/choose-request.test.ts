import assert from 'node:assert/strict';
import { CliError } from '../../starters/cli/cli-error.ts';
import { chooseRequest } from '../../starters/cli/decisions/choose-request.ts';
import { toRequestLines } from '../../starters/cli/decisions/request-words.ts';
import type { CountedDecision, RequestView, Verb } from '../../workflows/approval/messages.ts';
import { requestView } from './session-double.ts';

const counted: CountedDecision = {
  ...{ principal: 'sue', actingFor: 'dana', verb: 'approve', via: 'slack' },
  ...{ at: '2026-11-04T09:10:00.000Z', reason: 'fine' },
};
const view = (requestId: string, state: RequestView['state'], change: Partial<RequestView> = {}) =>
  requestView({ requestId, state, ...change });
const of = (kind: RequestView['evidence']['kind'], holdId = '') => ({
  evidence: { ...requestView().evidence, kind, subject: { runId: 'run-1', holdId } },
});

const expired = view('expired-1', 'expired');
const open = view('open-1', 'open');
const asked = view('asked-1', 'info-requested');
const approved = view('approved-1', 'approved', { decisions: [counted] });
const partly = view('partly-1', 'open', { decisions: [counted] });
const exception = view('exception-1', 'open', of('freeze-override'));
const lift = view('lift-1', 'open', of('freeze-hold', 'hold-a1'));
const otherLift = view('lift-2', 'open', of('freeze-hold', 'hold-b2'));

describe('chooseRequest', () => {
  const cases: readonly (readonly [
    what: string,
    views: readonly RequestView[],
    verb: Verb,
    named: string | undefined,
    chosen: string | number,
  ])[] = [
    ['the one that is open', [expired, open], 'approve', undefined, 'open-1'],
    ['one that was asked back', [expired, asked], 'approve', undefined, 'asked-1'],
    ['none when all are closed', [expired], 'approve', undefined, 3],
    ['none when nothing was asked', [], 'approve', undefined, 3],
    ['not one of two', [open, asked], 'approve', undefined, 2],
    ['the named one of two', [open, asked], 'approve', 'asked-1', 'asked-1'],
    ['one by the beginning of its id', [open, asked], 'approve', 'aske', 'asked-1'],
    ['none by three letters', [open, asked], 'approve', 'ask', 3],
    ['not one of two with the same beginning', [lift, otherLift], 'approve', 'lift', 2],
    ['by the hold that it lifts', [lift, otherLift], 'approve', 'hold-b', 'lift-2'],
    [
      'a named one though it is closed: the workflow answers',
      [expired, open],
      'approve',
      'expired-1',
      'expired-1',
    ],
    ['no silent exception beside an open request', [open, exception], 'approve', undefined, 'open-1'],
    ['the exception to override it', [approved, exception], 'override', undefined, 'exception-1'],
    ['not one of two to override', [open, exception], 'override', undefined, 2],
    ['the approved one to reject, when none is open', [approved], 'reject', undefined, 'approved-1'],
    ['the open one to reject', [approved, open], 'reject', undefined, 'open-1'],
    ['what has a decision to revoke', [approved, open], 'revoke', undefined, 'approved-1'],
    ['what is open and has a decision to revoke', [partly, open], 'revoke', undefined, 'partly-1'],
    [
      'what is open to revoke, when nothing is decided: the workflow answers',
      [open],
      'revoke',
      undefined,
      'open-1',
    ],
  ];
  for (const [what, views, verb, named, wanted] of cases)
    it(`${verb}: ${what}`, () => {
      if (typeof wanted === 'string')
        return assert.equal(chooseRequest(views, verb, named).requestId, wanted);
      assert.throws(
        () => chooseRequest(views, verb, named),
        (error) => error instanceof CliError && error.exitCode === wanted,
      );
    });
});

describe('toRequestLines', () => {
  it('says who decided, for whom, how and why', () => {
    const text = toRequestLines(approved).join('\n');
    assert.match(text, /Decided +approve by sue for dana via slack at 2026-11-04T09:10:00\.000Z: fine/);
  });

  for (const [what, change, says] of [
    ['what is missing', {}, /Missing +1 of devops/],
    ['that nothing is', { missing: [] }, /^(?![^]*Missing)/],
    ['why it is closed', { note: 'the ticket was moved' }, /Note +the ticket was moved/],
    ['that the clock stands still', { deadline: null }, /Due +the clock stands still/],
    ['that it is settled', { deadline: null, state: 'approved' }, /Due +it is settled/],
    ['that it was overridden', { state: 'approved', overridden: true }, /State +approved, overridden/],
    ['until when it can be revoked', {}, /Revocable +until wave 1 begins/],
    ['that it cannot be revoked', { revocable: null }, /^(?![^]*Revocable)/],
  ] as const)
    it(`says ${what}`, () => assert.match(toRequestLines(requestView(change)).join('\n'), says));
});
