import type { Client } from '@temporalio/client';
import { createTemporalActivities } from '../activities/temporal/activities.ts';
import { createTemporalPort } from '../activities/temporal/client.ts';
import { startPromotion } from '../activities/temporal/start-promotion.ts';
import { createTemporalStarter } from '../activities/temporal/temporal-starter.ts';
import type { ConfigFault } from '../config/fault.ts';
import type { Config } from '../config/parse-config.ts';
import { requireSecrets, type SecretName } from '../config/secrets.ts';
import { systemQueue, systems, type System } from '../workflows/shared/names.ts';
import { createAwsActivities } from './queues/aws-promotion.ts';
import { createGitlabQueue } from './queues/gitlab.ts';
import { createJiraQueue } from './queues/jira.ts';
import { createSlackQueue } from './queues/slack.ts';

/** What a worker of one task queue runs. */
export type Activities = object;

export type QueueName = 'workflows' | System;
export const queueNames: readonly QueueName[] = ['workflows', ...systems];

interface QueueRow {
  /** Credentials that this queue needs and no other gets. AWS credentials come from the SDK's own chain. */
  readonly secrets: readonly SecretName[];
  create(config: Config, client: Client): Activities;
}

/** Queues are privileges (design §5): the one table queue → credentials → activities. Only the named queues' clients are built. */
const table: Readonly<Record<QueueName, QueueRow>> = {
  workflows: { secrets: [], create: createWorkflowQueue },
  jira: { secrets: ['jiraEmail', 'jiraApiToken'], create: createJiraQueue },
  gitlab: { secrets: ['gitlabToken'], create: createGitlabQueue },
  slack: { secrets: ['slackBotToken'], create: createSlackQueue },
  'aws-promotion': { secrets: [], create: createAwsActivities },
};

/** @returns every secret that is missing for these queues */
export function findMissingSecrets(config: Config, queues: readonly QueueName[]): readonly ConfigFault[] {
  const names = queues.flatMap((queue) => table[queue].secrets);
  const found = requireSecrets(config, names);
  return 'faults' in found ? found.faults : [];
}

/** The configuration without the secrets of other queues: what is not there cannot leak. */
export function narrowSecrets(config: Config, queues: readonly QueueName[]): Config {
  const names = new Set(queues.flatMap((queue) => table[queue].secrets));
  const kept = Object.entries(config.secrets).filter(([name]) => names.has(name as SecretName));
  return { ...config, secrets: Object.fromEntries(kept) };
}

export function createActivities(queue: QueueName, config: Config, client: Client): Activities {
  return table[queue].create(narrowSecrets(config, [queue]), client);
}

/** @param base the workflows' task queue */
export function taskQueueOf(queue: QueueName, base: string): string {
  return queue === 'workflows' ? base : systemQueue(base, queue);
}

function createWorkflowQueue(config: Config, client: Client): Activities {
  const starter = createTemporalStarter(client);
  return createTemporalActivities(
    createTemporalPort({
      client,
      taskQueue: config.temporal.taskQueue,
      startPromotion: (ticket) => startPromotion(starter, config, ticket),
    }),
  );
}
