import assert from 'node:assert/strict';
import {
  describeEnd,
  describeNext,
  describeWaiting,
  exitCodeOf,
} from '../../starters/cli/promotion-words.ts';
import type { PromotionEnd, PromotionView } from '../../starters/cli/promotion-view.ts';
import type { ProgressReport } from '../../workflows/shared/progress.ts';

const report: ProgressReport = {
  ...{
    process: 'agent-promotion',
    phase: 'turn',
    ticket: 'DEVOPS-77',
    target: null,
    waitingOn: '',
    dueBy: null,
  },
  ...{ steps: [], ignored: 0 },
};
const view = (change: Partial<PromotionView>): PromotionView => ({
  ...{ workflowId: 'w', runId: 'r', ticket: 'DEVOPS-77', startedAt: '', link: '', running: true, report },
  ...{ phase: 'turn', waitingOn: '', ahead: [], end: null },
  ...change,
});

describe('how a promotion has ended', () => {
  const ends: readonly [end: PromotionEnd, code: number, says: RegExp, next: RegExp][] = [
    [{ outcome: 'done', version: '1.0.0', accounts: [] }, 0, /1\.0\.0 is published/, /Nothing/],
    [{ outcome: 'nothing-to-do', statusName: 'Done' }, 0, /was in Done/, /ToDo/],
    [
      { outcome: 'failed', step: 'S', reason: 'R', accounts: [], resumable: null },
      10,
      /failed at "S": R/,
      /Mend/,
    ],
    [{ outcome: 'superseded', by: 'DEVOPS-9', accounts: [] }, 12, /newer request DEVOPS-9/, /Nothing/],
    [{ outcome: 'planned', would: 'done', writes: [] }, 0, /would end as: done/, /Nothing/],
    [{ outcome: 'run-failed', reason: 'R' }, 10, /run itself failed: R/, /Mend/],
    [{ outcome: 'info-needed', given: 'v1' }, 11, /"v1" is not valid/, /Agent-Version/],
    [{ outcome: 'info-needed', given: null }, 11, /is empty/, /Agent-Version/],
    [{ outcome: 'stopped', reason: 'moved', accounts: [] }, 12, /stopped: moved/, /comment/],
    [{ outcome: 'run-ended', reason: 'terminated' }, 12, /from outside: terminated/, /Mend/],
  ];
  for (const [end, code, says, next] of ends)
    it(`${end.outcome}: exit code ${code}`, () => {
      assert.equal(exitCodeOf(end), code);
      assert.match(describeEnd(end), says);
      assert.match(describeNext(view({ running: false, end })), next);
    });
});

describe('what a promotion waits for', () => {
  for (const [change, says, next] of [
    [{}, /at work/, /goes on by itself/],
    [{ report: null }, /No worker answers/, /Start a worker/],
    [{ waitingOn: 'turn:2', ahead: ['A-1', 'A-2'] }, /behind A-1, A-2/, /by itself/],
    [{ waitingOn: 'pipeline' }, /GitLab pipeline/, /by itself/],
    [{ waitingOn: 'instance' }, /test instance/, /by itself/],
    [{ waitingOn: 'person:soc' }, /somebody of soc/, /by itself/],
    [{ waitingOn: 'freeze' }, /held by a freeze/, /by itself/],
    [{ waitingOn: 'paused' }, /has paused it/, /by itself/],
    [{ waitingOn: 'bake' }, /to bake/, /by itself/],
    [{ waitingOn: 'jira:CredentialRejected' }, /jira: CredentialRejected/, /Renew the credential/],
    [{ waitingOn: 'gitlab:Unavailable' }, /gitlab: Unavailable/, /Wait/],
  ] as const)
    it(`${'waitingOn' in change ? change.waitingOn : 'nothing'}`, () => {
      assert.match(describeWaiting(view(change)), says);
      assert.match(describeNext(view(change)), next);
    });
});
