import type { Client } from '@temporalio/client';
import { createDecisionsActivities } from '../activities/decisions/activities.ts';
import { createKeyFile, noKeys } from '../activities/decisions/keys.ts';
import { createTemporalActivities } from '../activities/temporal/activities.ts';
import { createTemporalPort } from '../activities/temporal/client.ts';
import { createIncidentCalls } from '../activities/temporal/incident-calls.ts';
import { createSecretCalls } from '../activities/temporal/secret-calls.ts';
import { createJudges } from '../activities/temporal/judges.ts';
import { toChangeStart } from '../activities/temporal/start-change.ts';
import { startPromotion } from '../activities/temporal/start-promotion.ts';
import { createTemporalStarter } from '../activities/temporal/temporal-starter.ts';
import type { ConfigFault } from '../config/fault.ts';
import { findSource, toFindingPolicy } from '../config/halo-policy.ts';
import type { Config } from '../config/parse-config.ts';
import { runLinkBase } from '../config/promotion-policy.ts';
import { requireSecrets, type SecretName } from '../config/secrets.ts';
import { systemQueue, systems, type System } from '../workflows/shared/names.ts';
import { auditSecrets, createAuditQueue } from './queues/aws-audit.ts';
import { createIncidentQueue, incidentSecrets } from './queues/aws-incident.ts';
import { createAwsActivities } from './queues/aws-promotion.ts';
import { createGitlabQueue } from './queues/gitlab.ts';
import { createHaloQueue, haloSecrets } from './queues/halo.ts';
import { createHealthQueue } from './queues/health.ts';
import { createJiraQueue } from './queues/jira.ts';
import { createSlackQueue } from './queues/slack.ts';

/** What a worker of one task queue runs. */
export type Activities = object;

export type QueueName = 'workflows' | System;
export const queueNames: readonly QueueName[] = ['workflows', ...systems];

interface QueueRow {
  /** Credentials that this queue needs and no other gets. AWS credentials come from the SDK's own chain. */
  readonly secrets: readonly SecretName[] | ((config: Config) => readonly SecretName[]);
  /** Of this queue, too, where they are set. */
  readonly optionalSecrets?: readonly SecretName[];
  /** Needed besides as soon as people decide (`decisions` in the configuration). */
  readonly decisionSecrets?: readonly SecretName[];
  /** Its process is not configured: it has nothing to do. Left out: never. */
  readonly isOff?: (config: Config) => boolean;
  create(config: Config, client: Client): Activities;
}

/** Queues are privileges (design §5): the one table queue → credentials → activities. Only the named queues' clients are built. */
const table: Readonly<Record<QueueName, QueueRow>> = {
  workflows: { secrets: [], create: createWorkflowQueue },
  jira: {
    secrets: ['jiraEmail', 'jiraApiToken'],
    decisionSecrets: ['jiraAttestationKeys'],
    create: createJiraQueue,
  },
  gitlab: {
    secrets: ['gitlabToken'],
    optionalSecrets: ['gitlabChangesToken'],
    create: createGitlabQueue,
  },
  slack: { secrets: ['slackBotToken'], create: createSlackQueue },
  'aws-promotion': { secrets: [], create: createAwsActivities },
  health: { secrets: [], create: createHealthQueue },
  halo: {
    secrets: haloSecrets,
    isOff: ({ processes }) => processes.halo === undefined,
    create: createHaloQueue,
  },
  'aws-incident': {
    secrets: incidentSecrets,
    isOff: ({ processes }) => processes.incidents === undefined,
    create: createIncidentQueue,
  },
  'aws-audit': {
    secrets: auditSecrets,
    isOff: ({ processes }) => processes.secrets === undefined,
    create: createAuditQueue,
  },
};

/** @returns every secret that is missing for these queues */
export function findMissingSecrets(config: Config, queues: readonly QueueName[]): readonly ConfigFault[] {
  const names = secretsOf(config, queues);
  const found = requireSecrets(config, names);
  return 'faults' in found ? found.faults : [];
}

/** Whether a worker of these queues has anything to do. */
export function areOff(config: Config, queues: readonly QueueName[]): boolean {
  return queues.every((queue) => table[queue].isOff?.(config) === true);
}

/** The configuration without the secrets of other queues: what is not there cannot leak. */
export function narrowSecrets(config: Config, queues: readonly QueueName[]): Config {
  const optional = queues.flatMap((queue) => table[queue].optionalSecrets ?? []);
  const names = [...secretsOf(config, queues), ...optional];
  const kept = Object.entries(config.secrets).filter(([name]) => names.includes(name as SecretName));
  return { ...config, secrets: Object.fromEntries(kept) };
}

/** Each once, though several queues have it. */
function secretsOf(config: Config, queues: readonly QueueName[]): readonly SecretName[] {
  const all = queues.flatMap((queue) => {
    const { secrets: needed, decisionSecrets = [] } = table[queue];
    const secrets = typeof needed === 'function' ? needed(config) : needed;
    return config.decisions ? [...secrets, ...decisionSecrets] : secrets;
  });
  return [...new Set(all)];
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
  const keys = config.decisions && createKeyFile(config.decisions.publicKeys);
  const temporal = createTemporalActivities(
    createTemporalPort({
      client,
      taskQueue: config.temporal.taskQueue,
      runLinkBase: runLinkBase(config),
      startPromotion: (ticket) => startPromotion(starter, config, ticket),
      toChangeStart: (request) => toChangeStart(config, request),
      toFindingPolicy: (source) => findSource(config, source) && toFindingPolicy(config, source),
      freeze: config.freeze,
      judges: createJudges({ config, keys: keys ?? noKeys, now: Date.now }),
    }),
  );
  const { namespace } = config.temporal;
  const decisions = createDecisionsActivities({ keys, namespace, now: Date.now });
  return {
    ...temporal,
    ...decisions,
    ...createIncidentCalls({ client, config }),
    ...createSecretCalls({ client, config }),
  };
}
