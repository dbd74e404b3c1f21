import type { Client } from '@temporalio/client';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Config } from '../config/parse-config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Log } from './log.ts';
import type { DecisionGateway } from './decisions/gateway.ts';
import { openGateway } from './decisions/open-gateway.ts';
import { addDecisionRoute } from './decisions/route.ts';
import { openGates } from './gates/open-gates.ts';
import { createMetrics, type Counter } from './metrics.ts';
import type { TemporalStarter } from '../activities/temporal/temporal-starter.ts';
import { createWaitingMetrics } from './waiting-metrics.ts';
import { addWebhookRoutes } from './webhooks/routes.ts';
import { createSnsCalls, type SnsCalls } from './webhooks/sns/sns-calls.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly client: TemporalStarter;
  /** Whether Temporal answers. */
  readonly isReady: () => Promise<boolean>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** Of Jira's answer to who somebody is. Default 5,000. */
  readonly loginTimeoutMs?: number;
  /** What `/metrics` reads how many runs wait from, and the gate its changes; without it there is neither. */
  readonly visibility?: Pick<Client, 'workflow' | 'withDeadline'>;
  /** Left out: SNS itself. */
  readonly sns?: SnsCalls;
}

const bodyLimit = 1024 * 1024;
const requestTimeoutMs = 15_000;
/** Characters: a workflow id in a path holds a project's. */
const maxParamLength = 500;

export interface StartersServer {
  readonly app: FastifyInstance;
  /** Undefined without LOCKKEEPER_DECISION_KEYS: then nothing can be decided here. */
  readonly gateway: DecisionGateway | undefined;
  /** `lockkeeper_webhooks_total`, for what is mounted afterwards. */
  readonly counter: Counter;
}

/** The starters' HTTP server: verifies, translates, hands over to Temporal, and decides nothing. */
export function createServer(options: ServerOptions): StartersServer {
  const { config, secrets, client, now, log } = options;
  const metrics = createMetrics();
  const counter = metrics.counter(
    'lockkeeper_webhooks_total',
    'Deliveries of webhooks and queues by source and result.',
  );
  const timeouts = { requestTimeout: requestTimeoutMs, connectionTimeout: requestTimeoutMs };
  const app = Fastify({ bodyLimit, ...timeouts, routerOptions: { maxParamLength } });
  keepRawBody(app);
  addErrorAnswers(app, log, counter);
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const ready = await options.isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'Temporal is unavailable' });
  });
  const groups = Object.keys(config.groups);
  const waiting =
    options.visibility && createWaitingMetrics({ metrics, client: options.visibility, groups, now, log });
  app.get('/metrics', async (_request, reply) => {
    await waiting?.refresh();
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.render());
  });
  const { sns = createSnsCalls(config, now) } = options;
  addWebhookRoutes(app, { config, secrets, temporal: client, now, sns, log, counter });
  const decisions = metrics.counter('lockkeeper_decisions_total', 'Decisions by way, verb and result.');
  const gateway = openGateway({ config, secrets, temporal: client, now, log, counter: decisions });
  const { loginTimeoutMs } = options;
  addDecisionRoute(app, { config, gateway, now, log, counter: decisions, loginTimeoutMs });
  if (options.visibility) {
    const gates = metrics.counter('lockkeeper_gates_total', 'Calls of the change gate by route and result.');
    const parts = { config, secrets, temporal: client, client: options.visibility };
    openGates(app, { ...parts, now, log, counter: gates, loginTimeoutMs });
  }
  return { app, gateway, counter };
}

/** Signatures are over the bytes as they came, whatever content type they claim. */
function keepRawBody(app: FastifyInstance) {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function addErrorAnswers(app: FastifyInstance, log: Log, counter: Counter) {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    const { source } = request.routeOptions.config as { source?: string };
    const result = status === 413 ? 'too-large' : status < 500 ? 'malformed' : 'error';
    const { bodyLimit: limit } = request.routeOptions;
    const reason = status === 413 ? `the body is larger than ${limit} bytes` : error.message;
    if (source !== undefined) counter.increment({ source, result });
    log(status < 500 ? 'warn' : 'error', 'request refused', { url: request.url, result, reason });
    return reply.code(status).send({ error: result, reason: status < 500 ? reason : 'internal error' });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not-found' }));
}
