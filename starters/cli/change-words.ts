import { runLinkBase } from '../../config/promotion-policy.ts';
import {
  gate,
  type ChangeOutcome,
  type CheckVerdict,
  type GateView,
} from '../../workflows/change-approval/messages.ts';
import { nextStep } from '../../workflows/shared/failures.ts';
import { parseChangeApprovalId } from '../../workflows/shared/names.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { describeWaiting } from './promotion-words.ts';
import { viewRun, type RunEnd, type RunView } from './promotion-view.ts';
import type { Session } from './session.ts';
import { failureTypeOfCode } from './waiting-code.ts';

/** What is known of one change approval. */
export interface ChangeView extends RunView<ChangeOutcome> {
  /** Null when no worker answers, or when it has ended. */
  readonly gate: GateView | null;
}

/** A query needs a worker: without one it would wait for long. */
const queryDeadlineMs = 3_000;

export const isChange = (workflowId: string): boolean => parseChangeApprovalId(workflowId) !== undefined;

/** @throws WorkflowNotFoundError */
export async function viewChange(session: Session, workflowId: string): Promise<ChangeView> {
  const view = await viewRun<ChangeOutcome>(session, workflowId, runLinkBase(session.config));
  return { ...view, gate: view.running ? await readGate(session, workflowId) : null };
}

async function readGate({ temporal: { client } }: Session, workflowId: string): Promise<GateView | null> {
  const handle = client.workflow.getHandle(workflowId);
  return client.withDeadline(Date.now() + queryDeadlineMs, () => handle.query(gate)).catch(() => null);
}

/** How a change stands, each check that does not pass, and what somebody should do now. */
export function changeLines(view: ChangeView): { text: string; checks: readonly string[]; next: string } {
  if (view.end) return { ...describeChangeEnd(view.end), checks: [] };
  return { text: describeNow(view), checks: openChecks(view.gate), next: describeNextOf(view) };
}

/** As of gate wait. */
export function exitCodeOfChange({ outcome }: RunEnd<ChangeOutcome>): ExitCode {
  switch (outcome) {
    case 'deployed':
    case 'nothing-to-do':
      return exitCodes.ok;
    case 'rejected':
      return exitCodes.gateRejected;
    case 'cancelled':
    case 'run-ended':
      return exitCodes.gateCancelled;
    case 'expired':
      return exitCodes.gateExpired;
    case 'run-failed':
      return exitCodes.failed;
  }
}

function describeChangeEnd(end: RunEnd<ChangeOutcome>): { text: string; next: string } {
  const again = 'To deploy it after all, ask anew: lockkeeper gate request.';
  switch (end.outcome) {
    case 'deployed': {
      const by = end.automatic ? 'a policy' : end.approvers.join(', ');
      return { text: `It is deployed, in ${end.seconds} s. Approved by ${by}.`, next: 'Nothing.' };
    }
    case 'rejected':
      return { text: `It was rejected by ${end.by}: ${end.reason}`, next: again };
    case 'cancelled':
      return { text: `It was cancelled: ${end.reason}`, next: again };
    case 'expired':
      return { text: 'Nobody decided in time.', next: again };
    case 'nothing-to-do':
      return { text: `There was nothing to do: ${end.reason}`, next: 'Nothing.' };
    case 'run-failed':
      return { text: `The run itself failed: ${end.reason}`, next: again };
    case 'run-ended':
      return { text: `The run was ended from outside: ${end.reason}`, next: again };
  }
}

const ofCi: Readonly<Record<string, { readonly waits: string; readonly next: string }>> = {
  'ci:begin': {
    waits: 'It waits for the CI job to begin.',
    next: 'Run the job that calls lockkeeper gate wait.',
  },
  'ci:plan': {
    waits: 'It waits for the Terraform plan.',
    next: 'Report it from CI: lockkeeper gate plan plan.json.',
  },
  'ci:result': {
    waits: 'It waits for CI to say how the deploy ended.',
    next: 'If the job has ended: lockkeeper gate deployed --result success|failure.',
  },
  'gitlab:job': { waits: 'It waits for the deploy job.', next: 'Nothing: it goes on by itself.' },
  'gitlab:pending': {
    waits: 'It waits for a scan, a build or the end of a hold.',
    next: 'Nothing: it looks again every ten minutes and whenever GitLab says something.',
  },
  'requester:info': { waits: 'It waits for required data.', next: 'Set the missing fields of the ticket.' },
  'requester:mismatch': {
    waits: 'It waits for a correction.',
    next: 'Correct the ticket, or ask for the right build.',
  },
};

function describeNow(view: ChangeView): string {
  const waits = ofCi[view.waitingOn]?.waits ?? describeWaiting(view);
  return view.gate ? `${view.gate.state}: ${view.gate.text}. ${waits}` : waits;
}

function describeNextOf(view: ChangeView): string {
  const { waitingOn, ticket, gate: stands } = view;
  if (stands?.state === 'deploy-failed')
    return 'Forward: move the ticket to “Waiting for approval”. Back: take the change back and move it to “Canceled”.';
  const known = ofCi[waitingOn];
  if (known) return known.next;
  const type = failureTypeOfCode(waitingOn);
  if (type) return nextStep(type);
  if (waitingOn.startsWith('person:'))
    return `Decide in Slack, with /approve on the ticket, or: lockkeeper approve ${ticket ?? view.workflowId}.`;
  return view.report ? 'Nothing: it goes on by itself.' : 'Start a worker, or read its log.';
}

const words: Readonly<Record<CheckVerdict, string>> = {
  pass: 'passed',
  manual: 'a person decides',
  fail: 'not passed',
  pending: 'not known yet',
};

function openChecks(stands: GateView | null): readonly string[] {
  const open = (stands?.verdict?.checks ?? []).filter(({ verdict }) => verdict !== 'pass');
  return open.flatMap(({ title, verdict, found, fix }) => [
    `  ${title}: ${words[verdict]}`,
    ...found.map((line) => `    ${line}`),
    ...(fix === '' ? [] : [`    To pass: ${fix}`]),
  ]);
}
