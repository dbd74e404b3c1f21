import { toChangePolicy } from '../../config/change-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import {
  beginDeploy,
  deployEnded,
  detailsGiven,
  planReported,
  type ChangeBuild,
  type ChangeInput,
  type ChangeRequest,
  type GivenDetails,
} from '../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { changeApprovalId, workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { TemporalStarter, WorkflowStart } from './temporal-starter.ts';

/** What a later caller of the same build is compared with, and whether a GitLab ID token vouched for the first. */
export type ChangeMemo = Pick<ChangeBuild, 'buildJob' | 'branch' | 'sha' | 'action'> & {
  readonly verified: boolean;
};

/** What CI tells a running change. */
export interface ChangeTold {
  readonly beginDeploy: { readonly attempt: string } & Pick<
    ChangeBuild,
    'buildJob' | 'build' | 'branch' | 'sha'
  >;
  readonly planReported: { readonly report: PlanReport };
  readonly deployEnded: { readonly result: 'success' | 'failure'; readonly url?: string };
  readonly detailsGiven: { readonly details: GivenDetails };
}

const signals = { beginDeploy, planReported, deployEnded, detailsGiven } as const;

/** Characters: Temporal takes 400 bytes. */
const longestSummary = 200;

/** How a change approval is started: the one place that says so. @returns undefined: the environment is not controlled (C-3) */
export function toChangeStart(config: Config, request: ChangeRequest): WorkflowStart | undefined {
  const { environment, project, build, buildJob, branch, sha, action } = request;
  const policy = toChangePolicy(config, environment);
  if (!policy) return undefined;
  const input: ChangeInput = { request, policy };
  const memo: ChangeMemo = { buildJob, branch, sha, action, verified: request.requester.verified };
  return {
    workflowType: workflowTypes.changeApproval,
    workflowId: changeApprovalId(request),
    taskQueue: config.temporal.taskQueue,
    input,
    memo,
    staticSummary: `Change of ${environment}: ${project} · build ${build}`.slice(0, longestSummary),
    searchAttributes: [
      { key: attributes.process, value: 'change-approval' },
      { key: attributes.target, value: environment },
    ],
  };
}

/** May be repeated: one run per environment, project and build. @returns false when no such run goes on */
export async function tellChange<N extends keyof ChangeTold>(
  temporal: Pick<TemporalStarter, 'signal'>,
  workflowId: string,
  name: N,
  payload: ChangeTold[N],
): Promise<boolean> {
  return temporal.signal(workflowId, { name: signals[name].name, payload });
}
