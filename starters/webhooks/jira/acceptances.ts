import { ticketChanged } from '../../../workflows/agent-promotion/messages.ts';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import { workflowTypes } from '../../../workflows/shared/names.ts';
import type { Handled, WebhookContext } from '../delivery.ts';

const heard: readonly string[] = ['comment_created', 'comment_updated'];

/**
 * A comment on a finding's ticket may answer a request to accept its risk: whatever asks there reads it from Jira itself.
 * @returns undefined: it is no comment on a ticket of findings
 */
export async function tellAcceptances(
  body: unknown,
  deliveryId: string,
  { temporal, config }: Pick<WebhookContext, 'temporal' | 'config'>,
): Promise<Handled | undefined> {
  const key = text(isRecord(body) ? body['issue'] : undefined, 'key') ?? '';
  const event = text(body, 'webhookEvent') ?? '';
  const project = /^([A-Z][A-Z0-9_]*)-[0-9]{1,19}$/.exec(key)?.[1];
  if (project === undefined || !heard.includes(event) || !projectsOf(config).includes(project))
    return undefined;
  const ids = await temporal.findRunning(workflowTypes.findingAcceptance, key);
  const signal = { name: ticketChanged.name, payload: { deliveryId, event: 'commented' } };
  const told = await Promise.all(ids.map((id) => temporal.signal(id, signal)));
  return { result: told.includes(true) ? 'signalled' : 'not-running' };
}

function projectsOf({ processes: { halo } }: WebhookContext['config']): readonly string[] {
  const sources = halo?.sources ?? [];
  return sources.flatMap(({ project, routes }) => [
    project,
    ...routes.flatMap((route) => route.project ?? []),
  ]);
}
