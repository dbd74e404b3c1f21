import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config/parse-config.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { parseDecisionBody } from './decision-body.ts';
import { GatewayRefusal, type DecisionGateway, type SentDecision } from './gateway.ts';
import { identify, type Logins } from './identify.ts';
import { createLoginLimit } from './login-limit.ts';
import { RequestRefusal } from './request-refusal.ts';

export interface DecisionRouteContext {
  readonly config: Config;
  /** Undefined: no signing keys are configured. */
  readonly gateway: DecisionGateway | undefined;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** `lockkeeper_decisions_total{via,verb,result}`: what the gateway never saw is counted here. */
  readonly counter: Counter;
  /** Of Jira's answer to who somebody is. Default 5,000. */
  readonly loginTimeoutMs?: number | undefined;
}

const bodyLimit = 16 * 1024;

const statusOfRule: Readonly<Partial<Record<GatewayRefusal['rule'], number>>> = {
  unmapped: 403,
  malformed: 400,
  'not-running': 404,
};

/**
 * `POST /decisions`: what a person says with the CLI. 202 as soon as Temporal has it; whether it counts is the workflow's answer,
 * which the CLI asks for itself.
 */
export function addDecisionRoute(app: FastifyInstance, context: DecisionRouteContext): void {
  const logins = { limit: createLoginLimit(context.now), timeoutMs: context.loginTimeoutMs ?? 5_000 };
  app.post('/decisions', {
    bodyLimit,
    handler: async (request, reply) => {
      try {
        return await reply.code(202).send(await take(request, context, logins));
      } catch (error) {
        return await refuse(reply, error, context);
      }
    },
  });
}

async function take(
  { headers, ip, body }: FastifyRequest,
  { config, gateway }: DecisionRouteContext,
  logins: Logins,
): Promise<SentDecision> {
  if (!gateway)
    throw new RequestRefusal(
      404,
      'not-configured',
      'this gateway has no signing keys: run `lockkeeper setup keys` and set LOCKKEEPER_DECISION_KEYS of the starters',
    );
  const site = headers['x-lockkeeper-site'];
  const { authorization } = headers;
  const caller = { authorization, siteName: typeof site === 'string' ? site : undefined, address: ip };
  const principal = await identify(config, caller, logins);
  const { idempotencyKey, ...said } = parseDecisionBody(body);
  // the key is the caller's to choose: with his name in it, nobody can use up somebody else's
  return gateway.send({ ...said, principal, via: 'cli', sourceEventId: `${principal}:${idempotencyKey}` });
}

async function refuse(reply: FastifyReply, error: unknown, { log, counter }: DecisionRouteContext) {
  const { status, kind, message, retryAfterSeconds } = toRefusal(error);
  if (error instanceof RequestRefusal) {
    counter.increment({ via: 'cli', verb: 'unknown', result: kind });
    log('warn', 'decision call refused', { result: kind, reason: message });
  }
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Jira e-mail and API token"');
  return reply.code(status).send({ error: kind, reason: message });
}

function toRefusal(error: unknown): RequestRefusal {
  if (error instanceof RequestRefusal) return error;
  if (error instanceof GatewayRefusal)
    return new RequestRefusal(statusOfRule[error.rule] ?? 409, error.rule, error.message);
  // its cause is in the log: the caller is not told about our network
  return new RequestRefusal(503, 'unavailable', unavailable, 5);
}

const unavailable =
  'Temporal or the vendor of a group does not answer in time: repeat it with the same idempotencyKey, it counts once';
