import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseChangeApprovalId } from '../../workflows/shared/names.ts';
import { createLoginLimit } from '../decisions/login-limit.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';
import { malformed } from './bodies.ts';
import { identifyCaller, type CallerRules } from './caller.ts';
import type { GateCall, GateContext, GateReply } from './context.ts';
import { createIdTokenVerifier } from './id-token.ts';
import { requestChange } from './request-change.ts';
import { describeUngated, isControlled } from './settle-build.ts';
import { tell, type Told } from './tell-change.ts';
import { viewChange } from './view-change.ts';

/** A plan's report with its hundred reasons is the largest. */
const bodyLimit = 64 * 1024;

type Handler = (request: FastifyRequest, call: GateCall) => Promise<GateReply>;

interface GateRoute {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly handler: Handler;
}

const told = (what: Told): GateRoute => ({
  name: what,
  method: 'POST',
  url: `/gates/change/:workflowId/${what}`,
  handler: onChange((request, target, call) => tell(what, request.body, target, call)),
});

const routes: readonly GateRoute[] = [
  {
    name: 'request',
    method: 'POST',
    url: '/gates/change',
    handler: (request, call) => requestChange(request.body, call),
  },
  {
    name: 'view',
    method: 'GET',
    url: '/gates/change/:workflowId',
    handler: onChange((request, target, call) => viewChange(request.query, target, call)),
  },
  ...(['begin', 'plan', 'result', 'details'] as const).map(told),
  {
    // a CI job has no lockkeeper.yaml, and must not judge its plan by laxer rules
    name: 'plan-rules',
    method: 'GET',
    url: '/gates/plan-rules',
    handler: async (_request, { change }) => ({
      ...{ status: 200, result: 'sent', workflowId: null },
      body: { rules: change.planRules },
    }),
  },
];

/** The gate as CI sees it. 202 only after Temporal has accepted it; what is decided, the workflow decides. */
export function addGateRoutes(app: FastifyInstance, context: GateContext): void {
  const { config, secrets, now, loginTimeoutMs: timeoutMs } = context;
  const { baseUrl } = config.gitlab;
  const audience = config.processes.change?.gate.audience ?? '';
  const rules: CallerRules = {
    ...{ config, secrets, limit: createLoginLimit(now) },
    verifyIdToken: createIdTokenVerifier({
      ...{ baseUrl, audience, now },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    }),
  };
  for (const route of routes)
    app.route({
      ...{ method: route.method, url: route.url, bodyLimit },
      handler: (request, reply) => answer(request, reply, { route, rules, context }),
      errorHandler: (error, _request, reply) => void refuse(reply, toTooLarge(error), route.name, context),
    });
}

/** For a route of one change. In an environment that is not controlled there is none to ask. */
function onChange(
  handle: (
    request: FastifyRequest,
    target: { workflowId: string; id: NonNullable<ReturnType<typeof parseChangeApprovalId>> },
    call: GateCall,
  ) => Promise<GateReply>,
): Handler {
  return async (request, call) => {
    const { workflowId } = request.params as { workflowId: string };
    const id = parseChangeApprovalId(workflowId);
    if (!id)
      throw malformed('workflowId: an id such as change:production:shop~web:4711 is expected, URL-encoded');
    const { environments } = call.change;
    if (isControlled(environments, id.environment)) return handle(request, { workflowId, id }, call);
    const text = describeUngated(environments, id.environment);
    return { status: 200, result: 'ungated', workflowId, body: { gated: false, text } };
  };
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { route, rules, context }: { route: GateRoute; rules: CallerRules; context: GateContext },
) {
  const { change } = context.config.processes;
  try {
    if (!change) throw notConfigured();
    const { authorization, 'x-lockkeeper-token': sharedToken } = request.headers;
    const headers = { authorization, sharedToken: one(sharedToken), address: request.ip };
    const caller = await identifyCaller(headers, rules);
    const { status, result, workflowId, body } = await route.handler(request, { caller, change, context });
    context.counter.increment({ route: route.name, result });
    const job = caller.kind === 'gitlab' ? caller.claims.jobId : null;
    context.log('info', 'gate call', {
      ...{ route: route.name, result, workflowId },
      ...{ caller: caller.kind, job },
    });
    return await reply.code(status).send(body);
  } catch (error) {
    return await refuse(reply, error, route.name, context);
  }
}

/** Open would be the worse slip: CI is told that there is no gate, and does not deploy. */
function notConfigured(): RequestRefusal {
  return new RequestRefusal(
    404,
    'not-configured',
    'this gate has no processes: change in its configuration: nothing can be approved here',
  );
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function toTooLarge(error: { readonly statusCode?: number; readonly message: string }): unknown {
  if (error.statusCode === 413)
    return new RequestRefusal(413, 'too-large', `the body is larger than ${bodyLimit} bytes`);
  return (error.statusCode ?? 500) < 500 ? malformed(error.message) : error;
}

async function refuse(reply: FastifyReply, error: unknown, route: string, { log, counter }: GateContext) {
  const { status, kind, message, retryAfterSeconds } = toRefusal(error);
  counter.increment({ route, result: kind });
  const reason = error instanceof Error ? error.message : String(error);
  log('warn', 'gate call refused', { route, result: kind, reason });
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="a GitLab ID token"');
  return reply.code(status).send({ error: kind, reason: message });
}

/** What Temporal did not accept is worth a repeat, whatever the cause; its words are for the log alone. */
function toRefusal(error: unknown): RequestRefusal {
  if (error instanceof RequestRefusal) return error;
  return new RequestRefusal(
    503,
    'unavailable',
    'Temporal, or what is needed to verify, does not answer: repeat it',
    5,
  );
}
