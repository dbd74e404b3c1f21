import { Client, Connection } from '@temporalio/client';
import type { TemporalConnection } from '../config/temporal-connection.ts';

export interface ConnectedTemporal {
  readonly client: Client;
  readonly connection: Connection;
  /** Asks for the namespace. @throws what Temporal's client throws, after `deadlineMs` at the latest */
  probe(deadlineMs: number): Promise<void>;
  isReady(): Promise<boolean>;
}

const readyDeadlineMs = 2_000;

/** Connects with the first call: a starter comes up while Temporal is down, and answers 503 until it is there. */
export function connectTemporal({ connectionOptions, namespace }: TemporalConnection): ConnectedTemporal {
  const connection = Connection.lazy(connectionOptions);
  const probe = (deadlineMs: number) =>
    connection.withDeadline(Date.now() + deadlineMs, async () => {
      await connection.workflowService.describeNamespace({ namespace });
    });
  return {
    connection,
    client: new Client({ connection, namespace }),
    probe,
    isReady: () =>
      probe(readyDeadlineMs).then(
        () => true,
        () => false,
      ),
  };
}
