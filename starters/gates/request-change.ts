import { tellChange, toChangeStart, type ChangeMemo } from '../../activities/temporal/start-change.ts';
import { runLinkBase } from '../../config/promotion-policy.ts';
import type { ChangeRequest, GivenDetails } from '../../workflows/change-approval/messages.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';
import { parseBody, RequestBody } from './bodies.ts';
import { requesterOf } from './caller.ts';
import type { ChangeRun } from './change-runs.ts';
import type { GateCall, GateReply } from './context.ts';
import { describeUngated, isControlled, settleBuild } from './settle-build.ts';

/** A run may end between two looks at it: then it is started after all. */
const tries = 3;

/**
 * `POST /gates/change`: starts the change approval of a build, or joins the running one. May be repeated: the workflow's id is
 * the build.
 */
export async function requestChange(raw: unknown, call: GateCall): Promise<GateReply> {
  const { caller, change, context } = call;
  const { environment, buildJob, action, deployJobId = null, ...said } = parseBody(RequestBody, raw);
  const settled = settleBuild(caller, said);
  if (!isControlled(change.environments, environment)) {
    const text = describeUngated(change.environments, environment);
    return { status: 200, result: 'ungated', workflowId: null, body: { gated: false, text } };
  }
  const given = toDetails(said);
  const build = { environment, buildJob, action, ...settled };
  const request: ChangeRequest = {
    ...{ ...build, deployJobId, given },
    requester: requesterOf(context.config, caller),
  };
  const { workflowId, result, text } = await startOrJoin(request, call);
  const runLink = `${runLinkBase(context.config)}${encodeURIComponent(workflowId)}`;
  return { status: 202, result, workflowId, body: { gated: true, workflowId, runLink, text } };
}

async function startOrJoin(request: ChangeRequest, { caller, context }: GateCall) {
  const start = toChangeStart(context.config, request);
  if (!start) throw new Error(`no change policy for ${request.environment}`);
  const { workflowId } = start;
  const of = `${request.project} build ${request.build} for ${request.environment}`;
  for (let tried = 0; tried < tries; tried += 1) {
    if (await context.temporal.start(start))
      return { workflowId, result: 'started', text: `Asked for ${of}.` };
    const run = await context.runs.find(workflowId);
    if (run?.status !== 'RUNNING') continue;
    requireSameChange(run, request);
    requireEntitled(run, caller.kind);
    if (await giveDetails(request.given, workflowId, context))
      return { workflowId, result: 'joined', text: `Asked for already: ${of}.` };
  }
  throw new RequestRefusal(503, 'unavailable', `${workflowId} cannot be started now: try again`, 5);
}

async function giveDetails(details: GivenDetails, workflowId: string, { temporal }: GateCall['context']) {
  if (Object.keys(details).length === 0) return true;
  return tellChange(temporal, workflowId, 'detailsGiven', { details });
}

/** One build is one change: what differs is another build, and needs a number of its own (C-10…C-12). */
function requireSameChange({ memo }: ChangeRun, request: ChangeRequest): void {
  if (!memo) return;
  const fields = ['buildJob', 'branch', 'sha', 'action'] as const satisfies (keyof ChangeMemo)[];
  const differing = fields.filter((field) => memo[field] !== request[field]);
  if (differing.length === 0) return;
  const text = differing.map((field) => `${field} ${memo[field]}, not ${request[field]}`).join('; ');
  throw new RequestRefusal(409, 'mismatch', `this build was asked for with ${text}`);
}

/** Who holds the shared token must not drive what a GitLab job has asked for. @throws RequestRefusal 403 */
export function requireEntitled({ memo }: ChangeRun, caller: 'gitlab' | 'shared-token'): void {
  if (caller === 'shared-token' && memo?.verified === true)
    throw new RequestRefusal(
      403,
      'other-caller',
      'this change was asked for with a GitLab ID token: use one of the same pipeline',
    );
}

/** Only what was given: an absent field is not an empty one. */
export function toDetails({ summary, justification, rollbackPlan, components }: GivenDetails): GivenDetails {
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(justification === undefined ? {} : { justification }),
    ...(rollbackPlan === undefined ? {} : { rollbackPlan }),
    ...(components === undefined ? {} : { components }),
  };
}
