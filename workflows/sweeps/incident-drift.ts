import { setWorkflowOptions, sleep, workflowInfo } from '@temporalio/workflow';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { versioned } from '../shared/versioning.ts';
import type { IncidentDriftInput, IncidentDriftReport } from './incident-messages.ts';

const lookAgainMs = 15_000;
/** A run that is paused, or waits for a vendor, is not waited for: it looks when it goes on. */
const mostLooks = 20;

/**
 * Every night each linked case looks at both sides, whether anything was said of it or not, and mends what differs; in a dry run nothing is written. What it found is
 * listed: events and the sweep have missed it.
 */
export async function incidentDrift({
  connection,
  dryRun = false,
}: IncidentDriftInput): Promise<IncidentDriftReport> {
  const deliveryId = `drift:${workflowInfo().runId}`;
  const reads = activitiesOf<IncidentCallsPort>('temporal', 'read');
  const calls = activitiesOf<IncidentCallsPort>('temporal', 'write');
  const differences: IncidentDriftReport['differences'][number][] = [];
  let [compared, silent] = [0, 0];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<IncidentCallsPort['listIncidents']>> = await reads.listIncidents({
      connection,
      cursor,
    });
    const { caseIds } = page;
    const event = { deliveryId, event: dryRun ? 'compare' : 'drift', side: 'both' } as const;
    if (caseIds.length > 0) await calls.tellIncidents({ connection, caseIds, event });
    const left = await collect(caseIds);
    compared += caseIds.length - left.length;
    silent += left.length;
    cursor = page.cursor;
  } while (cursor !== null);
  return { compared, silent, differences };

  /** @returns those that have not looked in time */
  async function collect(caseIds: readonly string[]): Promise<readonly string[]> {
    let left = caseIds;
    for (let looks = 0; left.length > 0 && looks < mostLooks; looks += 1) {
      await sleep(looks === 0 ? 1_000 : lookAgainMs);
      const found = await reads.readDrift({ connection, caseIds: left, deliveryId });
      differences.push(...found.differences);
      left = left.filter((caseId) => !found.looked.includes(caseId));
    }
    return left;
  }
}

setWorkflowOptions(versioned('PINNED'), incidentDrift);
