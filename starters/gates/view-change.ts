import { runLinkBase } from '../../config/promotion-policy.ts';
import type { ChangeBuild, ChangeOutcome, GateView } from '../../workflows/change-approval/messages.ts';
import type { ChangeId } from '../../workflows/shared/names.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';
import type { GateAnswer } from './answers.ts';
import { parseGiven, ViewQuery } from './bodies.ts';
import type { ChangeRun } from './change-runs.ts';
import type { GateCall, GateReply } from './context.ts';
import { requireAgreement, requireOwnProject } from './settle-build.ts';
import { withoutUncovered } from './verify-go.ts';

/** `GET /gates/change/:workflowId?buildJob=&branch=&sha=&action=`: where it stands, for what the caller is about to deploy. */
export async function viewChange(
  query: unknown,
  { workflowId, id }: { readonly workflowId: string; readonly id: ChangeId },
  call: GateCall,
): Promise<GateReply> {
  const { caller, context } = call;
  requireOwnProject(caller, id);
  const said = parseGiven(ViewQuery, query);
  const claims = caller.kind === 'gitlab' ? caller.claims : {};
  if (caller.kind === 'gitlab') requireAgreement(caller.claims, { branch: said.branch, sha: said.sha });
  const run = await context.runs.find(workflowId);
  if (!run)
    throw new RequestRefusal(404, 'not-found', `${workflowId} was never asked for: lockkeeper gate request`);
  const view = await readView(run, workflowId, call);
  const build = { ...id, ...run.memo, ...said, ...pickCommit(claims) };
  const covered = await withoutUncovered(view, async () =>
    context.verify(view, requireWhole(build), { workflowId, runId: run.runId }),
  );
  return { status: 200, result: covered.state, workflowId, body: toAnswer(covered, workflowId) };
}

function pickCommit(claims: { readonly branch?: string; readonly sha?: string }) {
  const { branch, sha } = claims;
  return branch === undefined || sha === undefined ? {} : { branch, sha };
}

/** @throws PolicyViolation: what is not known cannot be covered */
function requireWhole(build: ChangeId & Partial<ChangeBuild>): ChangeBuild {
  const { environment, project, build: number, buildJob, branch, sha, action = 'deploy' } = build;
  if (buildJob === undefined || branch === undefined || sha === undefined)
    throw createFailure('PolicyViolation', 'say buildJob, branch and sha of what is about to be deployed');
  return { environment, project, build: number, buildJob, branch, sha, action };
}

async function readView(
  { runId, status }: ChangeRun,
  workflowId: string,
  { context }: GateCall,
): Promise<GateView> {
  if (status === 'RUNNING') return context.runs.view(workflowId, runId);
  const runLink = `${runLinkBase(context.config)}${encodeURIComponent(workflowId)}`;
  const ended =
    status === 'COMPLETED' ? toEnd(await context.runs.outcome(workflowId, runId)) : broken(status);
  return {
    ...{ ticketUrl: null, runLink, waitingOn: '', missing: [], verdict: null, attempts: [], plan: null },
    ...{ grant: null, planGrant: null, automatic: false },
    ...ended,
  };
}

type End = Pick<GateView, 'state' | 'text' | 'ticket'>;

function toEnd(outcome: ChangeOutcome): End {
  switch (outcome.outcome) {
    case 'deployed':
      return { state: 'deployed', ticket: outcome.ticket, text: `${outcome.ticket}: deployed already.` };
    case 'rejected': {
      const { ticket, by, reason } = outcome;
      return { state: 'rejected', ticket, text: `${ticket}: rejected by ${by}: ${reason}` };
    }
    case 'cancelled':
      return {
        state: 'cancelled',
        ticket: outcome.ticket,
        text: `${outcome.ticket}: cancelled: ${outcome.reason}`,
      };
    case 'expired':
      return { state: 'expired', ticket: outcome.ticket, text: `${outcome.ticket}: nobody decided in time.` };
    case 'nothing-to-do':
      return { state: 'cancelled', ticket: null, text: `Nothing was done: ${outcome.reason}` };
  }
}

/** Failed, terminated, timed out: whatever it was, nothing is approved. */
function broken(status: string): End {
  return { state: 'cancelled', ticket: null, text: `The run ended as ${status}: ask for it again.` };
}

/** Without the signed decisions: they name people. */
function toAnswer(
  { grant: _grant, planGrant: _planGrant, ...rest }: GateView,
  workflowId: string,
): GateAnswer {
  return { gated: true, workflowId, ...rest };
}
