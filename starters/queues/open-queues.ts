import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { ConnectionConfig } from '../../config/incident-schema.ts';
import type { Config } from '../../config/parse-config.ts';
import { toStarterSettings } from '../aws-access.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { consumeQueue, type QueueOptions } from './consume-queue.ts';
import { handleIncidentEvents } from './incident-events.ts';
import { handleSecretEvents } from './secret-events.ts';
import { isTemporalOutage } from './temporal-outage.ts';

export interface OpenQueues {
  /** Ends within 2 s. */
  stop(): Promise<void>;
}

/** Listens at every queue that the configuration names; without one nothing happens. */
export function openQueues(parts: {
  readonly config: Config;
  readonly temporal: Pick<TemporalStarter, 'signalWithStart' | 'start'>;
  readonly log: Log;
  readonly counter: Counter;
}): OpenQueues {
  const { log, counter } = parts;
  const ending = new AbortController();
  const { signal } = ending;
  const sources = [...findIncidentQueues(parts), ...findSecretQueue(parts)];
  const running = sources.map(async ({ name, queueUrl, sqs, handle, isOutage }) => {
    await consumeQueue({ sqs, queueUrl, name, handle, isOutage, log, counter, signal });
    sqs.destroy();
  });
  return {
    async stop() {
      ending.abort();
      await Promise.all(running);
    },
  };
}

interface Source {
  /** As metrics and log name it. */
  readonly name: string;
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  readonly handle: QueueOptions['handle'];
  readonly isOutage: QueueOptions['isOutage'];
}
type Parts = Pick<Parameters<typeof openQueues>[0], 'config' | 'temporal'>;

function findIncidentQueues({ config, temporal }: Parts): Source[] {
  return groupByQueue(config).map(({ queueUrl, connections, first }) => ({
    ...{ name: `incidents:${first.name}`, queueUrl, isOutage: isTemporalOutage },
    sqs: new SQSClient(toStarterSettings(config, first)),
    handle: handleIncidentEvents({ config, temporal, connections }),
  }));
}

function findSecretQueue({ config, temporal }: Parts): Source[] {
  const { secrets } = config.processes;
  if (secrets?.queueUrl === undefined) return [];
  const { queueUrl, deadLetterUrl: QueueUrl } = secrets;
  const sqs = new SQSClient(toStarterSettings(config, secrets));
  const putAside =
    QueueUrl === undefined
      ? undefined
      : async (MessageBody: string) => {
          try {
            await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
          } catch (cause) {
            throw new PutAsideError('the dead-letter queue did not take it', { cause });
          }
        };
  const handle = handleSecretEvents({ config, temporal, putAside });
  // left to SQS, the message would go to the dead letters with its values
  const isOutage = (error: unknown) => error instanceof PutAsideError || isTemporalOutage(error);
  return [{ name: 'secrets', queueUrl, sqs, handle, isOutage }];
}

class PutAsideError extends Error {
  override readonly name = 'PutAsideError';
}

/** Several connections may share a queue: one site more, or one project. */
function groupByQueue(config: Config) {
  const all = (config.processes.incidents?.connections ?? []).flatMap((connection) =>
    connection.queueUrl === undefined ? [] : [{ queueUrl: connection.queueUrl, connection }],
  );
  const groups = Map.groupBy(all, ({ queueUrl }) => queueUrl);
  return [...groups].flatMap(([queueUrl, members]) => {
    const connections: readonly ConnectionConfig[] = members.map(({ connection }) => connection);
    const [first] = connections;
    return first ? [{ queueUrl, connections, first }] : [];
  });
}
