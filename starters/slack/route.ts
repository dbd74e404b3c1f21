import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRecord } from '../../workflows/shared/guards.ts';
import type { Secret } from '../../config/secret.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { parseBody } from '../webhooks/parse-body.ts';
import { WebhookRefusal } from '../webhooks/refusal.ts';
import type { DirectReceiver, SlackAnswer } from './receiver.ts';
import { verifySlackDelivery } from './signature.ts';

export interface RouteOptions {
  readonly receiver: DirectReceiver;
  readonly signingSecret: Secret | undefined;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  readonly counter: Counter;
}

const source = 'slack';

/** `POST /slack/events`: clicks, submissions, commands and events. Bolt sees nothing that Slack has not signed. */
export async function addSlackRoute(server: FastifyInstance, options: RouteOptions): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post('/slack/events', {
      config: { source },
      handler: (request, reply) => answer(request, reply, options),
    });
  });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { log, counter, ...options }: RouteOptions,
) {
  try {
    const { status, body } = await take(request, options);
    const result = status === 200 ? 'taken' : 'unhandled';
    counter.increment({ source, result });
    if (status !== 200) log('warn', 'webhook refused', { source, result });
    return await reply.code(status).send(body ?? '');
  } catch (error) {
    if (!(error instanceof WebhookRefusal)) throw error;
    const { kind, status, message } = error;
    counter.increment({ source, result: kind });
    log('warn', 'webhook refused', { source, result: kind, reason: message });
    return reply.code(status).send({ error: kind, reason: message });
  }
}

async function take(
  request: FastifyRequest,
  options: Omit<RouteOptions, 'log' | 'counter'>,
): Promise<SlackAnswer> {
  const { receiver, signingSecret, now } = options;
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const header = (name: string) => [request.headers[name]].flat()[0];
  const [signature, timestamp] = [header('x-slack-signature'), header('x-slack-request-timestamp')];
  verifySlackDelivery({ rawBody, signature, timestamp, signingSecret, now: now() });
  const body = parseSlackBody(rawBody);
  if (body['type'] === 'url_verification') return { status: 200, body: { challenge: body['challenge'] } };
  // Slack's look at our certificate
  if (body['ssl_check'] !== undefined) return { status: 200, body: undefined };
  const retryNum = Number(header('x-slack-retry-num'));
  const retryReason = header('x-slack-retry-reason');
  return receiver.deliver({
    body,
    ...(Number.isInteger(retryNum) && retryNum > 0 ? { retryNum } : {}),
    ...(retryReason === undefined ? {} : { retryReason }),
  });
}

/** JSON for events; a form for commands; a form with JSON in its field `payload` for clicks and submissions. */
function parseSlackBody(rawBody: Buffer): Readonly<Record<string, unknown>> {
  if (rawBody.at(0) === 0x7b) return parseBody(rawBody);
  const form = Object.fromEntries(new URLSearchParams(rawBody.toString('utf8')));
  const { payload } = form;
  const body = payload === undefined ? form : parseBody(Buffer.from(payload));
  if (isRecord(body) && Object.keys(body).length > 0) return body;
  throw new WebhookRefusal('malformed', 'the body is neither JSON nor a form');
}
