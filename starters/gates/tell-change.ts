import { tellChange, type ChangeTold } from '../../activities/temporal/start-change.ts';
import { runLinkBase } from '../../config/promotion-policy.ts';
import type { ChangeId } from '../../workflows/shared/names.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';
import { BeginBody, DetailsBody, parseBody, PlanBody, ResultBody } from './bodies.ts';
import type { ChangeRun } from './change-runs.ts';
import type { GateCall, GateReply } from './context.ts';
import { requireEntitled, toDetails } from './request-change.ts';
import { requireOwnBuild, settleBuild } from './settle-build.ts';

export type Told = 'begin' | 'plan' | 'result' | 'details';

interface Telling<N extends keyof ChangeTold> {
  readonly signal: N;
  readonly text: string;
  readonly toPayload: (raw: unknown, call: GateCall, id: ChangeId) => ChangeTold[N];
  /** True: the run must be of the token's commit. The beginning itself is judged by the workflow, so that the ticket says why. */
  readonly sameCommit: boolean;
}

const begin: Telling<'beginDeploy'> = {
  signal: 'beginDeploy',
  text: 'Asked to begin: the answer comes with the next look at the gate.',
  sameCommit: false,
  toPayload: (raw, { caller }, id) => {
    const { attempt, buildJob, ...said } = parseBody(BeginBody, raw);
    const { build, branch, sha } = settleBuild(caller, { ...said, project: id.project });
    return { attempt, buildJob, build, branch, sha };
  },
};
const plan: Telling<'planReported'> = {
  signal: 'planReported',
  text: 'The plan is reported.',
  sameCommit: true,
  toPayload: (raw) => parseBody(PlanBody, raw),
};
const result: Telling<'deployEnded'> = {
  signal: 'deployEnded',
  text: 'The end of the deploy is reported.',
  sameCommit: true,
  toPayload: (raw) => {
    const { result, url } = parseBody(ResultBody, raw);
    return { result, ...(url === undefined ? {} : { url }) };
  },
};
const details: Telling<'detailsGiven'> = {
  signal: 'detailsGiven',
  text: 'The details are passed on.',
  sameCommit: false,
  toPayload: (raw) => ({ details: toDetails(parseBody(DetailsBody, raw)) }),
};

const tellings = { begin, plan, result, details } as const;

/** `POST /gates/change/:workflowId/{begin,plan,result,details}`: 202 as soon as Temporal has it. */
export async function tell(
  what: Told,
  raw: unknown,
  target: { readonly workflowId: string; readonly id: ChangeId },
  call: GateCall,
): Promise<GateReply> {
  const telling = tellings[what];
  return send(telling as Telling<keyof ChangeTold>, raw, target, call);
}

async function send<N extends keyof ChangeTold>(
  { signal, text, toPayload, sameCommit }: Telling<N>,
  raw: unknown,
  { workflowId, id }: { readonly workflowId: string; readonly id: ChangeId },
  call: GateCall,
): Promise<GateReply> {
  const { caller, context } = call;
  requireOwnBuild(caller, id);
  const payload = toPayload(raw, call, id);
  const run = await context.runs.find(workflowId);
  if (run?.status !== 'RUNNING') throw notRunning(workflowId);
  requireEntitled(run, caller.kind);
  if (sameCommit) requireSameCommit(run, call);
  if (!(await tellChange(context.temporal, workflowId, signal, payload))) throw notRunning(workflowId);
  const runLink = `${runLinkBase(context.config)}${encodeURIComponent(workflowId)}`;
  return { status: 202, result: 'sent', workflowId, body: { gated: true, workflowId, runLink, text } };
}

function requireSameCommit({ memo }: ChangeRun, { caller }: GateCall): void {
  if (caller.kind === 'gitlab' && memo !== undefined && memo.sha !== caller.claims.sha)
    throw new RequestRefusal(
      403,
      'other-commit',
      `the ID token is of commit ${caller.claims.sha}, the change of ${memo.sha}`,
    );
}

function notRunning(workflowId: string): RequestRefusal {
  return new RequestRefusal(
    404,
    'not-running',
    `${workflowId} does not run: it has ended, or was never asked for`,
  );
}
