import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import type { WebhookContext, WebhookHandler } from './delivery.ts';
import { handleGitlabWebhook } from './gitlab/handler.ts';
import { handleJiraAutomation, handleJiraWebhook } from './jira/handler.ts';
import { WebhookRefusal } from './refusal.ts';
import { handleSns } from './sns/handler.ts';

interface WebhookRoute {
  readonly source: string;
  readonly url: string;
  readonly handler: WebhookHandler;
  readonly bodyLimit?: number;
}

/** Jira sends whole issues, long descriptions included. */
const jiraBodyLimit = 5 * 1024 * 1024;

const routes: readonly WebhookRoute[] = [
  { source: 'jira', url: '/webhooks/jira', handler: handleJiraWebhook, bodyLimit: jiraBodyLimit },
  { source: 'jira', url: '/webhooks/jira/:site', handler: handleJiraWebhook, bodyLimit: jiraBodyLimit },
  { source: 'jira-automation', url: '/webhooks/jira-automation', handler: handleJiraAutomation },
  { source: 'jira-automation', url: '/webhooks/jira-automation/:site', handler: handleJiraAutomation },
  { source: 'gitlab', url: '/webhooks/gitlab', handler: handleGitlabWebhook },
  { source: 'sns', url: '/webhooks/sns', handler: handleSns },
];

/** Every delivery is answered, logged and counted here. 2xx only after Temporal has accepted it (design §1). */
export function addWebhookRoutes(
  app: FastifyInstance,
  context: WebhookContext & { readonly log: Log; readonly counter: Counter },
): void {
  for (const { source, url, handler, bodyLimit } of routes)
    app.post(url, {
      ...(bodyLimit === undefined ? {} : { bodyLimit }),
      config: { source },
      handler: (request, reply) => answer(request, reply, { source, handler, context }),
    });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    source,
    handler,
    context,
  }: { source: string; handler: WebhookHandler; context: Parameters<typeof addWebhookRoutes>[1] },
) {
  const { log, counter } = context;
  try {
    const handled = await handler(toDelivery(request), context);
    counter.increment({ source, result: handled.result });
    log('info', 'webhook handled', { source, ...handled });
    return await reply.code(handled.result === 'started' ? 202 : 200).send(handled);
  } catch (error) {
    const { status, result, reason } = toRefusal(error);
    counter.increment({ source, result });
    log('warn', 'webhook refused', { source, result, reason });
    if (status === 503) reply.header('retry-after', '5');
    const told = error instanceof WebhookRefusal ? reason : 'Temporal is unavailable';
    return reply.code(status).send({ error: result, reason: told });
  }
}

function toRefusal(error: unknown): { status: number; result: string; reason: string } {
  if (error instanceof WebhookRefusal)
    return { status: error.status, result: error.kind, reason: error.message };
  // What Temporal did not accept is worth a repeat, whatever the cause: the vendor keeps it for us.
  const reason = error instanceof Error ? error.message : String(error);
  return { status: 503, result: 'unavailable', reason };
}

function toDelivery(request: FastifyRequest) {
  const { site } = request.params as { site?: string };
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return { rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0), headers, site };
}
