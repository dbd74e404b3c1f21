import { App } from '@slack/bolt';
import { peopleGroup } from '../../workflows/approval/listed-people.ts';
import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { createMembership } from '../../activities/decisions/membership.ts';
import { createWebClient, silentLogger, webClientOptions } from '../../activities/slack/web.ts';
import { toApprovalPolicy } from '../../config/approval-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import type { Secret } from '../../config/secret.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { DecisionGateway } from '../decisions/gateway.ts';
import { createGroupSources } from '../decisions/group-sources.ts';
import { findInbox, groupsOfPerson } from '../decisions/inbox.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { ackWithinMs } from './ack-in-time.ts';
import { addClicks } from './clicks.ts';
import { addCommands } from './commands.ts';
import { createDecide } from './decide.ts';
import { addHome } from './home.ts';
import { createIdentify } from './identity.ts';
import { createDirectReceiver } from './receiver.ts';
import { addSlackRoute } from './route.ts';
import { describeInbox } from './runs.ts';
import { connectSocketMode } from './socket-mode.ts';
import { createTell } from './tell.ts';

export interface MountOptions {
  readonly app: FastifyInstance;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly gateway: DecisionGateway;
  readonly client: Pick<Client, 'workflow' | 'withDeadline'>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** `lockkeeper_webhooks_total{source,result}`. */
  readonly counter?: Counter;
  /** For tests: how long a click is awaited before it is acknowledged all the same. */
  readonly ackWithinMs?: number;
  /** For tests: the wait before Socket Mode connects again. */
  readonly pauseMs?: (failures: number) => number;
}

/** A person waits for each of these calls, and Slack waits three seconds. */
const timeoutMs = 2_000;

/**
 * Everything that people do in Slack: one Bolt app, on the starters' own server (`POST /slack/events`) and, with an app token,
 * in Socket Mode as well. Without a bot token the route answers that it is not configured.
 */
export async function mountSlack(options: MountOptions): Promise<{ stop(): Promise<void> }> {
  const { app: server, config, secrets, now, log, counter = noCounter } = options;
  const receiver = createDirectReceiver();
  const { slackBotToken, slackSigningSecret, slackAppToken } = secrets;
  const signingSecret = slackBotToken ? slackSigningSecret : undefined;
  await addSlackRoute(server, { receiver, signingSecret, now, log, counter });
  if (!slackBotToken) return { stop: () => receiver.stop() };
  const slackApiUrl = config.endpoints.slack;
  const bolt = createBolt(slackBotToken, receiver, options);
  const socket =
    slackAppToken && connectSocketMode({ app: bolt, appToken: slackAppToken, slackApiUrl, now, log });
  return {
    async stop() {
      await socket?.stop();
      await receiver.stop();
    },
  };
}

function createBolt(
  botToken: Secret,
  receiver: ReturnType<typeof createDirectReceiver>,
  options: MountOptions,
): App {
  const { config, client, gateway, secrets, now, log } = options;
  const slackApiUrl = config.endpoints.slack;
  const token = botToken.reveal();
  const app = new App({
    receiver,
    // Given a token instead, Bolt 5 asks Slack who it is before every event: two calls a click, and none while Slack is down.
    authorize: async () => ({ botToken: token }),
    tokenVerificationEnabled: false,
    ignoreSelf: false,
    convoStore: false,
    logger: silentLogger,
    clientOptions: webClientOptions({ slackApiUrl, timeoutMs }),
  });
  app.error(async (error) => log('error', 'slack event failed', { reason: error.message }));
  const web = createWebClient({ token, timeoutMs, ...(slackApiUrl === undefined ? {} : { slackApiUrl }) });
  const tell = createTell({ web, log, sandbox: config.endpoints.sandbox });
  const identify = createIdentify({ config, web, now, log });
  const decide = createDecide(gateway, log);
  const readInbox = createInbox(
    config,
    client,
    createMembership(config, createGroupSources(config, secrets), now),
  );
  const context = {
    config,
    client,
    identify,
    decide,
    tell,
    web,
    log,
    now,
    ackWithinMs: options.ackWithinMs ?? ackWithinMs,
  };
  addClicks(app, context);
  addHome(app, { ...context, readInbox });
  addCommands(app, {
    ...context,
    policy: policyOfHolds(config),
    readInbox: async (person) => (await readInbox(person)).join('\n') || 'Nothing waits for you.',
  });
  return app;
}

function createInbox(
  config: Config,
  client: Pick<Client, 'workflow'>,
  membership: ReturnType<typeof createMembership>,
): (person: string) => Promise<readonly string[]> {
  return async (person) => {
    const groups = await groupsOfPerson(config, membership, person);
    const entries = await findInbox(client, [...groups, peopleGroup([person])]);
    return describeInbox(entries, config);
  };
}

function policyOfHolds(config: Config): string | undefined {
  if (!config.freeze) return undefined;
  const { name, version } = toApprovalPolicy(config, config.freeze.approval);
  return `${name}@${version}`;
}

const noCounter: Counter = { increment() {} };
