import { createHash } from 'node:crypto';
import { isRecord, text, wholeNumber } from '../../../workflows/shared/guards.ts';
import { codeIntakeId, statusCheckId, workflowTypes } from '../../../workflows/shared/names.ts';
import { attributes } from '../../../workflows/shared/search-attributes.ts';
import type { Handled, WebhookContext } from '../delivery.ts';

export type CodeEvent =
  | { readonly kind: 'code'; readonly projectId: number; readonly project: string; readonly event: string }
  | {
      readonly kind: 'status-check';
      readonly projectId: number;
      readonly project: string;
      readonly mergeRequest: number;
      readonly sha: string;
      readonly checkId: number;
    };

/** Of a job and of a pipeline: what an analysis could see that it did not see before. */
const ended: readonly string[] = ['success', 'failed', 'canceled', 'skipped'];

/**
 * Events that change what an analysis finds: merge requests and their approvals, jobs and pipelines that have ended.
 * A merge request event with `external_approval_rule` is GitLab asking for an external status check. @returns undefined: none
 */
export function decideCodeEvent(body: unknown): CodeEvent | undefined {
  const kind = text(body, 'object_kind');
  if (!isRecord(body) || kind === undefined) return undefined;
  const { object_attributes: attributesOf, project, external_approval_rule: rule } = body;
  const projectId = wholeNumber(project, 'id') ?? wholeNumber(body, 'project_id');
  const path = text(project, 'path_with_namespace');
  if (projectId === undefined || path === undefined) return undefined;
  const where = { projectId, project: path };
  if (kind === 'merge_request') {
    const check = toStatusCheck(attributesOf, rule);
    return check ? { kind: 'status-check', ...where, ...check } : { kind: 'code', ...where, event: kind };
  }
  const status = kind === 'pipeline' ? text(attributesOf, 'status') : text(body, 'build_status');
  if (kind !== 'pipeline' && kind !== 'build') return undefined;
  return ended.includes(status ?? '') ? { kind: 'code', ...where, event: kind } : undefined;
}

function toStatusCheck(mergeRequest: unknown, rule: unknown) {
  const checkId = wholeNumber(rule, 'id');
  const iid = wholeNumber(mergeRequest, 'iid');
  const last = isRecord(mergeRequest) ? mergeRequest['last_commit'] : undefined;
  const sha = text(last, 'id');
  if (checkId === undefined || iid === undefined || sha === undefined || !/^[0-9a-f]{40}$/.test(sha))
    return undefined;
  return { mergeRequest: iid, sha, checkId };
}

/** Starts the one pass that tells the running changes of the project, or that answers the check. */
export async function takeCodeEvent(
  event: CodeEvent,
  deliveryId: string,
  { temporal, config }: Pick<WebhookContext, 'temporal' | 'config'>,
): Promise<Handled> {
  const delivery = createHash('sha256').update(deliveryId).digest('hex').slice(0, 32);
  const { projectId, project } = event;
  const pass =
    event.kind === 'code'
      ? {
          workflowType: workflowTypes.codeIntake,
          workflowId: codeIntakeId(projectId, delivery),
          input: { project, event: event.event },
          staticSummary: `Code of ${project} changed`,
        }
      : {
          workflowType: workflowTypes.answerStatusCheck,
          workflowId: statusCheckId({ ...event, iid: event.mergeRequest }, delivery),
          input: { project, mergeRequest: event.mergeRequest, sha: event.sha, checkId: event.checkId },
          staticSummary: `Status check of ${project}!${event.mergeRequest}`,
        };
  await temporal.start({
    ...pass,
    taskQueue: config.temporal.taskQueue,
    searchAttributes: [{ key: attributes.process, value: 'change-approval' }],
  });
  return { result: 'started', workflowId: pass.workflowId };
}
