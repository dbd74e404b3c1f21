import assert from 'node:assert/strict';
import { changeLines, exitCodeOfChange, isChange, type ChangeView } from '../../starters/cli/change-words.ts';
import type { GateView } from '../../workflows/change-approval/messages.ts';

const gate: GateView = {
  ...{ state: 'waiting', text: 'people decide', ticket: 'PRODCM-3', ticketUrl: null, runLink: '' },
  ...{ waitingOn: 'person:security+release', missing: [], attempts: [], plan: null },
  ...{ grant: null, planGrant: null, automatic: false },
  verdict: {
    recommends: 'manual',
    checks: [
      { id: 'ticket', title: 'Ticket', verdict: 'pass', found: ['fine'], links: [], fix: '' },
      {
        id: 'review',
        title: 'Code review',
        verdict: 'manual',
        found: ['one squash'],
        links: [],
        fix: 'Do not.',
      },
    ],
  },
};

const view = (part: Partial<ChangeView>): ChangeView => ({
  ...{ workflowId: 'change:production:shop~web:4711', runId: 'r', ticket: 'PRODCM-3', startedAt: '' },
  ...{ link: '', running: true, report: null, phase: 'approve', waitingOn: gate.waitingOn, ahead: [] },
  ...{ end: null, gate },
  ...part,
});

describe('how a change stands', () => {
  it('is every check that does not pass, and whom it waits for', () => {
    const { text, checks, next } = changeLines(view({}));
    assert.equal(text, 'waiting: people decide. It waits for somebody of security + release.');
    assert.deepEqual(checks, ['  Code review: a person decides', '    one squash', '    To pass: Do not.']);
    assert.match(next, /lockkeeper approve PRODCM-3/);
  });

  for (const [waitingOn, says, next] of [
    ['ci:begin', /waits for the CI job/, /gate wait/],
    ['ci:plan', /Terraform plan/, /gate plan/],
    ['ci:result', /how the deploy ended/, /gate deployed/],
    ['requester:info', /required data/, /missing fields/],
    ['requester:mismatch', /correction/, /right build/],
    ['gitlab:pending', /a scan, a build or the end of a hold/, /every ten minutes/],
    ['gitlab:job', /the deploy job/, /by itself/],
    ['gitlab:Unavailable', /gitlab: Unavailable/, /./],
    ['freeze', /held by a freeze/, /worker/],
  ] as const)
    it(`${waitingOn} says what to do`, () => {
      const lines = changeLines(view({ waitingOn, gate: null }));
      assert.match(lines.text, says);
      assert.match(lines.next, next);
    });

  it('asks forward or back after a failed deploy', () =>
    assert.match(changeLines(view({ gate: { ...gate, state: 'deploy-failed' } })).next, /Forward.*Back/));

  const by = { ticket: 'PRODCM-3', reason: 'not now' };
  for (const [end, says, code] of [
    [{ ...by, outcome: 'deployed', automatic: false, approvers: ['sue', 'ray'], seconds: 2 }, /sue, ray/, 0],
    [{ ...by, outcome: 'deployed', automatic: true, approvers: [], seconds: 2 }, /by a policy/, 0],
    [{ ...by, outcome: 'rejected', by: 'ray' }, /rejected by ray: not now/, 10],
    [{ ...by, outcome: 'cancelled' }, /cancelled: not now/, 11],
    [{ outcome: 'expired', ticket: 'PRODCM-3' }, /in time/, 12],
    [{ outcome: 'nothing-to-do', reason: 'closed' }, /nothing to do: closed/, 0],
    [{ outcome: 'run-failed', reason: 'a bug' }, /run itself failed: a bug/, 1],
    [{ outcome: 'run-ended', reason: 'terminated' }, /from outside: terminated/, 11],
  ] as const)
    it(`${end.outcome} is told, with the exit code ${code}`, () => {
      assert.match(changeLines(view({ end, running: false, gate: null })).text, says);
      assert.equal(exitCodeOfChange(end), code);
    });

  it('knows its workflow ids', () =>
    assert.deepEqual(['change:production:shop~web:4711', 'agent-promotion:main:1'].map(isChange), [
      true,
      false,
    ]));
});
