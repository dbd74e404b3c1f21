import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import type { ChangeMemo } from '../../activities/temporal/start-change.ts';
import { createJsonLog } from '../../starters/log.ts';
import { createServer } from '../../starters/server.ts';
import type { ChangeOutcome, GateView } from '../../workflows/change-approval/messages.ts';
import { change, sound } from '../config/change-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { createTemporalDouble, type TemporalDouble } from './temporal-double.ts';

export const nowMs = Date.UTC(2026, 10, 4, 9, 30);
export const sha = 'a'.repeat(40);
export const workflowId = 'change:production:shop~web:4711';
export const memo: ChangeMemo = { buildJob: 'build', branch: 'main', sha, action: 'deploy', verified: true };

const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
const other = await generateKeyPair('RS256');
export const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };

/** What GitLab puts into a job's token. */
export const claims: JWTPayload = {
  ...{ project_path: 'shop/web', ref: 'main', ref_type: 'branch', sha, pipeline_source: 'push' },
  ...{ pipeline_id: '4711', job_id: '99', user_login: 'dana-gl', aud: 'lockkeeper' },
  ...{ iat: nowMs / 1000, nbf: nowMs / 1000 - 5, exp: nowMs / 1000 + 3_600 },
};

export function signToken(
  payload: JWTPayload,
  { alg = 'RS256', kid = 'k1', key = privateKey } = {},
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key);
}
export const foreignKey = other.privateKey;

export interface DoubleRun {
  status: string;
  memo?: object;
  type?: string;
  view?: Partial<GateView>;
  outcome?: ChangeOutcome;
  /** No worker answers the query. */
  silent?: boolean;
}

export const waiting: GateView = {
  ...{
    state: 'waiting',
    text: 'people decide',
    ticket: 'PRODCM-1',
    ticketUrl: 'https://jira/browse/PRODCM-1',
  },
  ...{ runLink: 'https://ui/run', waitingOn: 'person:security+release', missing: [], verdict: null },
  ...{ attempts: [], plan: null, grant: null, planGrant: null, automatic: false },
};

/** As the routes tell it: without the signed decisions. */
export const toShown = ({ grant: _grant, planGrant: _planGrant, ...rest }: GateView) => rest;

export interface GateWorld {
  readonly url: string;
  readonly temporal: TemporalDouble;
  readonly runs: Map<string, DoubleRun>;
  readonly logged: string[];
  /** Of GitLab's keys; its mode can be changed. */
  readonly gitlab: { mode: 'keys' | 'down' | 'no-keys'; asked: number };
  readonly token: (change?: JWTPayload) => Promise<string>;
  readonly call: (
    method: 'GET' | 'POST',
    path: string,
    given?: { body?: object | string; headers?: Record<string, string> },
  ) => Promise<{ status: number; headers: Headers; json: Record<string, unknown> }>;
  /** With the token of a job. */
  readonly post: (path: string, body: object, change?: JWTPayload) => ReturnType<GateWorld['call']>;
  readonly metrics: () => Promise<string>;
  readonly clock: { nowMs: number };
}

interface Options {
  readonly changes?: Record<string, unknown>;
  readonly gateToken?: string | null;
}

/** The starters' server as it runs on loopback, with GitLab's keys on loopback and a double of Temporal. */
export async function withGate(
  run: (world: GateWorld) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const gitlab: GateWorld['gitlab'] = { mode: 'keys', asked: 0 };
  const keys = http.createServer((_request, response) => {
    gitlab.asked += 1;
    if (gitlab.mode === 'down') return void response.writeHead(502).end('<html>');
    const set = { keys: gitlab.mode === 'keys' ? [publicJwk] : [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(set));
  });
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  const gitlabUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;
  const temporal = createTemporalDouble();
  const runs: GateWorld['runs'] = new Map();
  const logged: string[] = [];
  const clock = { nowMs };
  const config = toConfig(gitlabUrl, options);
  const { app } = createServer({
    ...{ config, secrets: config.secrets, client: temporal, isReady: async () => true },
    ...{ now: () => clock.nowMs, log: createJsonLog((line) => logged.push(line)), loginTimeoutMs: 500 },
    visibility: createClientDouble(runs, temporal),
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const token = (change: JWTPayload = {}) => signToken({ ...claims, iss: gitlabUrl, ...change });
  const call: GateWorld['call'] = async (method, path, { body, headers = {} } = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      ...{ method, headers: { 'content-type': 'application/json', ...headers } },
      ...(body === undefined ? {} : { body: text }),
    });
    return {
      ...{ status: response.status, headers: response.headers },
      json: (await response.json()) as Record<string, unknown>,
    };
  };
  const post: GateWorld['post'] = async (path, body, change) =>
    call('POST', path, { body, headers: { authorization: `Bearer ${await token(change)}` } });
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  try {
    await run({ url, temporal, runs, logged, gitlab, token, call, post, metrics, clock });
  } finally {
    await app.close();
    keys.closeAllConnections();
    keys.close();
  }
}

export const gateToken = 'canary-gate-token';
export const shared = { 'x-lockkeeper-token': gateToken };

function toConfig(url: string, { changes = {}, gateToken: secret = gateToken }: Options) {
  const people = (sound['people'] as object[]).map((one) =>
    'name' in one && one.name === 'dana' ? { ...one, gitlab: 'dana-gl' } : one,
  );
  const yaml = exampleWith({
    ...sound,
    ...{ people, probes: {}, 'policies.standard.rollback': undefined },
    ...{ 'temporal.uiUrl': url, 'jira.sites.0.baseUrl': url, 'gitlab.baseUrl': url },
    decisions: { gatewayUrl: url, publicKeys: 'keys.json' },
    'processes.change': structuredClone(change),
    ...changes,
  });
  return configOf(yaml, {
    ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: url, LOCKKEEPER_SLACK_API_URL: url },
    ...(secret === null ? {} : { LOCKKEEPER_GATE_TOKEN: secret }),
  });
}

function createClientDouble(
  runs: GateWorld['runs'],
  { started }: TemporalDouble,
): Pick<Client, 'workflow' | 'withDeadline'> {
  const find = (id: string) => {
    const own = started.find(({ start }) => start.workflowId === id)?.start;
    const run = runs.get(id) ?? (own && { status: 'RUNNING', ...(own.memo ? { memo: own.memo } : {}) });
    if (run) return run;
    throw new WorkflowNotFoundError('not found', id, undefined);
  };
  const getHandle = (id: string) => ({
    async describe() {
      const { status, memo: kept, type = 'changeApproval' } = find(id);
      return { runId: 'run-1', type, status: { name: status }, memo: kept };
    },
    async query() {
      const { view, silent } = find(id);
      // as gRPC says that a deadline is over
      if (silent === true)
        throw Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4, details: '', metadata: {} });
      return { ...waiting, ...view };
    },
    result: async () => find(id).outcome,
  });
  const list = async function* () {};
  return {
    workflow: { getHandle, list, count: async () => ({ count: 0 }) },
    withDeadline: (_deadline: number, run: () => unknown) => run(),
  } as unknown as Pick<Client, 'workflow' | 'withDeadline'>;
}
