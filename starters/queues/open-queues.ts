import { SQSClient } from '@aws-sdk/client-sqs';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { ConnectionConfig } from '../../config/incident-schema.ts';
import type { Config } from '../../config/parse-config.ts';
import { toStarterSettings } from '../aws-access.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { consumeQueue } from './consume-queue.ts';
import { handleIncidentEvents } from './incident-events.ts';
import { isTemporalOutage } from './temporal-outage.ts';

export interface OpenQueues {
  /** Ends within 2 s. */
  stop(): Promise<void>;
}

/** Listens at every queue that the configuration names; without one nothing happens. */
export function openQueues(parts: {
  readonly config: Config;
  readonly temporal: Pick<TemporalStarter, 'signalWithStart'>;
  readonly log: Log;
  readonly counter: Counter;
}): OpenQueues {
  const { config, temporal, log, counter } = parts;
  const ending = new AbortController();
  const running = groupByQueue(config).map(async ({ queueUrl, connections, first }) => {
    const sqs = new SQSClient(toStarterSettings(config, first));
    const name = `incidents:${first.name}`;
    const handle = handleIncidentEvents({ config, temporal, connections });
    const { signal } = ending;
    const isOutage = isTemporalOutage;
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
