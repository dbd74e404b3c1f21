import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { versioned } from '../shared/versioning.ts';
import type { IncidentSweepInput, IncidentSweepReport } from './incident-messages.ts';
import { isIdle, isSeen, remember, type Row, type Seen } from './seen.ts';

/** What the next pass of the schedule begins with. */
interface Swept extends IncidentSweepReport {
  /** ISO 8601 UTC: when this pass began to look. */
  readonly at: string;
  /** What the next pass finds again, and need not tell again. */
  readonly seen?: { readonly cases: Seen; readonly issues: Seen };
}

/** Clocks and late rows: what changed so long before the last pass is looked at again. */
const overlapMs = 10 * 60_000;

/**
 * The safety net under the events: lists all cases and tells the runs of those that changed since the last whole pass. What that pass
 * left is in its result, which a schedule hands on; a pass that fails has none, so that the next one looks back further.
 */
export async function incidentSweep(input: IncidentSweepInput): Promise<Swept> {
  const { connection, full = false, dryRun = false } = input;
  const last = workflowInfo().lastResult as Swept | undefined;
  const nowMs = Date.now();
  if (last && !full && isIdle(last, nowMs)) return { ...last, told: 0 };
  const at = new Date(nowMs).toISOString();
  const since = full || !last ? null : new Date(Date.parse(last.at) - overlapMs).toISOString();
  const port = activitiesOf<IncidentPort>('aws-incident', 'read');
  const withinMs = since === null ? overlapMs : nowMs - Date.parse(since);
  const [cases, { issues }] = await Promise.all([
    port.sweepCases({ connection, since }),
    port.sweepIssues({ connection, changedWithinMinutes: Math.ceil(withinMs / 60_000) }),
  ]);
  const { open, listed } = cases;
  const changed = {
    cases: cases.changed.map(({ caseId, updatedAt }): Row => [caseId, Date.parse(updatedAt)]),
    issues: issues
      .filter(({ caseId, notEligible }) => caseId !== null || notEligible === null)
      .map(({ issueId, updatedAt }): Row => [issueId, Date.parse(updatedAt)]),
  };
  const known = full ? undefined : last?.seen;
  const fresh = {
    cases: changed.cases.filter((row) => !isSeen(known?.cases, row)).map(([id]) => id),
    issues: changed.issues.filter((row) => !isSeen(known?.issues, row)).map(([id]) => id),
  };
  if (!dryRun) await tell(fresh.cases, fresh.issues);
  const window = { fromMs: nowMs - overlapMs, nowMs };
  const seen = { cases: remember(changed.cases, window), issues: remember(changed.issues, window) };
  return { listed, open, told: fresh.cases.length + fresh.issues.length, at, seen };

  async function tell(caseIds: readonly string[], issueIds: readonly string[]): Promise<void> {
    const calls = activitiesOf<IncidentCallsPort>('temporal', 'write');
    const deliveryId = `sweep:${workflowInfo().runId}`;
    if (caseIds.length > 0)
      await calls.tellIncidents({ connection, caseIds, event: { deliveryId, event: 'sweep', side: 'both' } });
    if (issueIds.length > 0) await calls.tellIntakes({ connection, issueIds, deliveryId });
  }
}

setWorkflowOptions(versioned('PINNED'), incidentSweep);
