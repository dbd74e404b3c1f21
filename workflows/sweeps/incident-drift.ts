import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { versioned } from '../shared/versioning.ts';
import type { IncidentDriftInput, IncidentDriftReport } from './incident-messages.ts';

/** Every night each linked case looks at both sides, whether anything was said of it or not. */
export async function incidentDrift({ connection }: IncidentDriftInput): Promise<IncidentDriftReport> {
  const calls = activitiesOf<IncidentCallsPort>('temporal', 'write');
  const deliveryId = `drift:${workflowInfo().runId}`;
  let compared = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<IncidentCallsPort['listIncidents']>> = await calls.listIncidents({
      connection,
      cursor,
    });
    const { caseIds } = page;
    const event = { deliveryId, event: 'drift', side: 'both' } as const;
    if (caseIds.length > 0) await calls.tellIncidents({ connection, caseIds, event });
    compared += caseIds.length;
    cursor = page.cursor;
  } while (cursor !== null);
  return { compared, differences: [] };
}

setWorkflowOptions(versioned('PINNED'), incidentDrift);
