import { isRecord, text, wholeNumber } from '../../../workflows/shared/guards.ts';
import { parseAgentPromotionId, workflowIdOfKey } from '../../../workflows/shared/names.ts';

export type GitlabDecision =
  | { readonly kind: 'signal'; readonly workflowId: string; readonly pipelineId: number }
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Pipeline events of our own pipelines are signals; all other events are ignored. Whoever may start a pipeline may set
 * its variables: the name of a workflow in them is no more than a hint to read the pipeline again.
 */
export function decideGitlabEvent(body: unknown): GitlabDecision {
  if (!isRecord(body)) return { kind: 'malformed', reason: 'the body is not an object' };
  const kind = text(body, 'object_kind');
  if (kind === undefined) return { kind: 'malformed', reason: 'object_kind is missing' };
  if (kind !== 'pipeline') return { kind: 'ignore', reason: `event ${kind.slice(0, 80)}` };
  const pipeline = body['object_attributes'];
  const pipelineId = wholeNumber(pipeline, 'id');
  if (!isRecord(pipeline) || pipelineId === undefined)
    return { kind: 'malformed', reason: 'object_attributes.id: a whole number is expected' };
  const run = findRunVariable(pipeline['variables']);
  const workflowId = run === undefined ? undefined : workflowIdOfKey(run);
  if (workflowId === undefined || !parseAgentPromotionId(workflowId))
    return { kind: 'ignore', reason: 'a pipeline that Lockkeeper did not start' };
  return { kind: 'signal', workflowId, pipelineId };
}

function findRunVariable(variables: unknown): string | undefined {
  if (!Array.isArray(variables)) return undefined;
  return text(
    variables.find((variable: unknown) => text(variable, 'key') === 'LOCKKEEPER_RUN'),
    'value',
  );
}
