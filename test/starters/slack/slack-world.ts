import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import Fastify from 'fastify';
import type { Environment } from '../../../config/environment.ts';
import type { Config } from '../../../config/parse-config.ts';
import type { DecisionGateway, SaidDecision } from '../../../starters/decisions/gateway.ts';
import { createJsonLog } from '../../../starters/log.ts';
import { createMetrics } from '../../../starters/metrics.ts';
import { mountSlack, type MountOptions } from '../../../starters/slack/mount.ts';
import { configOf, exampleWith } from '../../config/example-config.ts';
import {
  withLoopback,
  type Expected,
  type Reply,
  type Respond,
  type SeenRequest,
} from '../../support/loopback.ts';

export const now = Date.UTC(2026, 10, 4, 9, 30);
export const teamId = 'T0AAAAAAA';
export const danaId = 'U061F7AUR';
const signingSecret = '0123456789abcdef0123456789abcdef';

/** The example with people who have Slack, groups, and an approval that lifts holds. */
export function slackConfig(changes: Readonly<Record<string, unknown>> = {}, env: Environment = {}): Config {
  const people = [
    { name: 'jira-bot', jira: 'a:1' },
    { name: 'dev', jira: 'a:2', slack: 'U0DEV00000' },
    { name: 'dana', email: 'dana@example.com', slack: danaId },
  ];
  const yaml = exampleWith({
    people,
    groups: { devops: ['dana', 'dev'], security: ['dev'] },
    approvals: { thaw: { version: 2, quorum: [{ group: 'devops' }], channel: 'soc' } },
    freeze: { approval: 'thaw' },
    decisions: { gatewayUrl: 'https://lockkeeper.example.com', publicKeys: 'decision-keys.json' },
    'slack.teamId': teamId,
    ...changes,
  });
  return configOf(yaml, {
    LOCKKEEPER_SLACK_BOT_TOKEN: 'xoxb-canary',
    LOCKKEEPER_SLACK_SIGNING_SECRET: signingSecret,
    ...env,
  });
}

export type Client = MountOptions['client'];

/** Temporal that nobody should ask: the click path makes no query. */
const noTemporal = {
  workflow: new Proxy({}, { get: () => assert.fail('the click path asked Temporal') }),
  withDeadline: (_deadline: unknown, run: () => unknown) => run(),
} as unknown as Client;

export interface SlackWorld {
  readonly sent: SaidDecision[];
  readonly logged: string[];
  /** What our Slack, on loopback, was asked. */
  readonly seen: readonly SeenRequest[];
  /** Slack's own base URL, for a `response_url`. */
  readonly slackUrl: string;
  /** Posts a form or a JSON body, signed like Slack does. */
  post: (
    body: string,
    options?: { timestamp?: number; headers?: Readonly<Record<string, string>> },
  ) => Promise<Posted>;
  metrics(): string;
  /** When a line like this has been logged. */
  logs(line: RegExp): Promise<void>;
  stop(): Promise<void>;
}
interface Posted {
  readonly statusCode: number;
  readonly body: string;
}

export interface WorldOptions {
  readonly config?: Config;
  readonly client?: Client;
  /** What the gateway does after it has noted what was said. */
  readonly gateway?: () => Promise<void>;
  readonly now?: () => number;
  readonly ackWithinMs?: number;
  readonly pauseMs?: (failures: number) => number;
}

/** The starters' Slack on a server without a port, against a Slack that expects exactly these calls. */
export function withSlack(
  expected: readonly Expected[],
  run: (world: SlackWorld) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  return withLoopback(expected, async (slackUrl, seen) => {
    const sent: SaidDecision[] = [];
    const logged: string[] = [];
    const watching = new Set<() => void>();
    const metrics = createMetrics();
    const logs = (line: RegExp) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!logged.some((one) => line.test(one))) return;
          watching.delete(look);
          resolve();
        };
        watching.add(look);
        look();
      });
    const config = options.config ?? slackConfig();
    const gateway: DecisionGateway = {
      async send(said) {
        sent.push(said);
        await options.gateway?.();
        return { jti: 'j', principal: said.principal, actingFor: null };
      },
    };
    const app = Fastify();
    const clock = options.now ?? (() => now);
    const mounted = await mountSlack({
      app,
      gateway,
      config: { ...config, endpoints: { sandbox: true, slack: `${slackUrl}/api/` } },
      secrets: config.secrets,
      client: options.client ?? noTemporal,
      now: clock,
      log: createJsonLog((line) => {
        logged.push(line);
        for (const look of [...watching]) look();
      }),
      counter: metrics.counter('webhooks', ''),
      ...(options.ackWithinMs === undefined ? {} : { ackWithinMs: options.ackWithinMs }),
      ...(options.pauseMs === undefined ? {} : { pauseMs: options.pauseMs }),
    });
    const stop = async () => {
      await mounted.stop();
      await app.close();
    };
    const post: SlackWorld['post'] = async (payload, { timestamp = clock() / 1000, headers = {} } = {}) => {
      const type = payload.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
      const signed = signatureOf(payload, timestamp);
      return app.inject({
        method: 'POST',
        url: '/slack/events',
        payload,
        headers: { 'content-type': type, ...signed, ...headers },
      });
    };
    await run({ sent, logged, seen, slackUrl, post, stop, logs, metrics: () => metrics.render() });
    await stop();
  });
}

export function signatureOf(payload: string, timestamp: number): Record<string, string> {
  const hmac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${payload}`);
  return { 'x-slack-signature': `v0=${hmac.digest('hex')}`, 'x-slack-request-timestamp': String(timestamp) };
}

export const asForm = (payload: object) =>
  new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

export const call = (method: string, respond: Respond): Expected => ({
  method: 'POST',
  path: `/api/${method}`,
  respond,
});
export const ok = (method: string, body: object = {}): Expected =>
  call(method, { body: { ok: true, ...body } });
export const refused = (error: string): Reply => ({ body: { ok: false, error } });
export const userIs = (changes: object = {}): Expected =>
  ok('users.info', {
    user: { id: danaId, team_id: teamId, is_bot: false, is_restricted: false, ...changes },
  });
/** Somebody is told something at the `response_url`. */
export const told: Expected = { method: 'POST', path: '/respond', respond: { body: 'ok' } };
export const toldText = ({ seen }: SlackWorld) =>
  seen.filter(({ path }) => path === '/respond').map(({ body }) => (body as { text: string }).text);
export const bodyOf = (request: SeenRequest | undefined) => request?.body as Record<string, string>;
