import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { resume, status } from '../agent-promotion/messages.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { activitiesOf } from '../shared/activities.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { autoApproval as autoApprovalQuery, switchOff } from './messages.ts';
import type { AutoApprovalInput, SwitchedOff } from './messages.ts';
import { readCarried, readSwitchOff, switchedOff, toView, withApproval } from './off.ts';
import { createSwitchOn } from './switch-on.ts';

const stepNames = {
  on: 'On: policies may approve by themselves',
  off: 'Off: people approve every change',
} as const;

/**
 * Whether policies may approve changes by themselves. Anybody of ours switches it off by the signal `switchOff`, since that is
 * the stricter way; on again it goes by a signed decision (signal `decide`) that this worker checks by its own rules. Runs for
 * ever from the first time it is switched off. Signals: `switchOff`, `decide`, `resume`.
 */
export async function autoApproval(input: AutoApprovalInput): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  const { runLinkBase, maxHistoryLength = 2_000 } = input;
  const runLink = `${runLinkBase}${workflowId}`;
  let off = readCarried(input.carried);
  let closing = false;
  const progress = createProgress('auto-approval', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  const { judgeSwitchOn } = activitiesOf<TemporalPort>('temporal', 'read');

  setHandler(autoApprovalQuery, () => toView(off));
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  const approvals = createApprovals({
    patience,
    key: (step) => stepKey(workflowId, runId, step),
    runLink,
    waitFor: (code, dueBy) => progress.waitFor(code, dueBy),
  });
  const switchOn = createSwitchOn({
    approvals,
    runId,
    runLink,
    current: () => (closing ? null : off),
    judge: ({ since }, grant) => judgeSwitchOn({ since, grant }),
    onSwitchedOn(by) {
      off = null;
      progress.finish('off', `until ${by.join(', ')} switched it on`);
      progress.start('on');
    },
    onOtherRules: (approval) => void (off = off && withApproval(off, approval)),
    onTrouble: (text) => {
      if (text) progress.fail('off', text);
    },
  });
  // after the piece that it uses: a signal that came first is handled as soon as its handler is set
  setHandler(switchOff, (payload) => {
    const said = readSwitchOff(payload);
    if (!said) return progress.ignore();
    const next = switchedOff(off, said, Date.now());
    if (next === off) return;
    off = next;
    showOff(next);
    switchOn.void('it was switched off once more, or under other rules: it is asked again');
    if (!closing) switchOn.begin();
  });
  if (off) {
    showOff(off);
    switchOn.begin();
  } else progress.start('on');

  await condition(mustContinueAsNew);
  closing = true;
  switchOn.void('this goes on in a new run, where it is asked again');
  await approvals.shown(60_000);
  await condition(() => approvals.idle() && allHandlersFinished());
  await continueAsNew<typeof autoApproval>({ ...input, carried: { off } });

  function showOff({ by, reason }: SwitchedOff) {
    progress.start('off', `by ${by}: ${reason.replaceAll('\n', '; ')}`.slice(0, 200));
  }

  /** While it is off its request is open: a new run would have to ask it again, so that waits for longer. */
  function mustContinueAsNew(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (off) return historyLength > 5 * maxHistoryLength;
    return (continueAsNewSuggested || historyLength > maxHistoryLength) && approvals.idle();
  }
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), autoApproval);
