import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { askForPass } from '../activities/temporal/halo-calls.ts';
import { createTemporalStarter } from '../activities/temporal/temporal-starter.ts';
import { toFindingPolicy } from '../config/halo-policy.ts';
import type { Config } from '../config/parse-config.ts';
import { findings, type PassKind, type PassReport } from '../workflows/halo-sync/messages.ts';
import { haloSyncId } from '../workflows/shared/names.ts';
import { waitUntil } from './wait-until.ts';

export interface PassOrder {
  readonly kind: PassKind;
  readonly source?: string;
  readonly withinMs?: number;
}

/** Asks for a pass as the schedule and the CLI do, and follows it to its end. @throws when it does not end in time */
export async function runPass(
  { client, config }: { readonly client: Client; readonly config: Config },
  { kind, source = 'halo', withinMs = 60_000 }: PassOrder,
): Promise<PassReport> {
  const requestId = randomUUID();
  const policy = toFindingPolicy(config, source);
  const request = { kind, since: null, requestId, policy };
  await askForPass(createTemporalStarter(client), config.temporal.taskQueue, request);
  const handle = client.workflow.getHandle(haloSyncId(source));
  return waitUntil(`the ${kind} of ${source}`, withinMs, async () => {
    const { reports } = await handle.query(findings);
    return reports.find((report) => report.requestId === requestId && report.endedAt !== null);
  });
}
