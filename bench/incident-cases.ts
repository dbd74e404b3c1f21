import { setTimeout as sleep } from 'node:timers/promises';
import type { CasePerson } from '../sandbox/drive/case-person.ts';
import type { IssuePerson } from '../sandbox/drive/issue-person.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { incident, type IncidentView } from '../workflows/incident-sync/messages.ts';
import { incidentSweepId, incidentSyncId, workflowTypes } from '../workflows/shared/names.ts';
import type { BenchStack, Log } from './bench-stack.ts';

export interface IncidentBench {
  readonly stack: BenchStack;
  readonly log: Log;
  readonly aws: CasePerson;
  readonly sofia: IssuePerson;
}

export const connection = 'aws-main';

const linked = `WorkflowType = "${workflowTypes.incidentSync}" AND ExecutionStatus = "Running" AND LkTicket IS NOT NULL`;
const quietMs = 5_000;
let seeds = 0;

/** New cases, without events, until so many are open; all of them linked. @returns how many are open, and which are new */
export async function fillUp(
  { stack, aws, log }: IncidentBench,
  wanted: number,
): Promise<{ readonly open: number; readonly ids: readonly string[] }> {
  const { open } = await aws.summary();
  const missing = Math.max(0, wanted - open);
  const { ids } = await aws.seed({ cases: missing, seed: (seeds += 1) });
  if (missing > 0) await backfill(stack);
  const all = open + missing;
  let said = 0;
  await waitUntil(`${all} linked cases`, 3_600_000, async () => {
    await sleep(500);
    const { count } = await stack.temporal.workflow.count(linked);
    if (count >= said + 500 && count < all) log(`${(said = count)} of ${all} cases linked`);
    return count >= all ? true : undefined;
  });
  return { open: all, ids };
}

/** As `lockkeeper sync backfill`: every open case is told. */
async function backfill({ temporal, config }: BenchStack): Promise<void> {
  await temporal.workflow.execute(workflowTypes.incidentSweep, {
    workflowId: incidentSweepId(`${connection}-backfill`),
    taskQueue: config.temporal.taskQueue,
    args: [{ connection, full: true }],
  });
}

/** Until no vendor is asked anything for five seconds. */
export async function untilQuiet(bench: IncidentBench): Promise<void> {
  let last = -1;
  await waitUntil('no more calls', 600_000, async () => {
    const { cases, jira } = await countCalls(bench);
    const isQuiet = cases + jira === last;
    last = cases + jira;
    if (isQuiet) return true;
    await sleep(quietMs);
    return undefined;
  });
}

export async function countCalls({ stack, aws }: IncidentBench): Promise<{ cases: number; jira: number }> {
  const [cases, jira] = await Promise.all([aws.calls(), stack.controls.jira.calls()]);
  return { cases: cases.total, jira: jira.total };
}

/** What the one run of a case says, once it has an issue. */
export async function viewOf({ temporal }: BenchStack, caseId: string): Promise<IncidentView> {
  const handle = temporal.workflow.getHandle(incidentSyncId(connection, caseId));
  return waitUntil(`the issue of ${caseId}`, 120_000, async () => {
    const view = await handle.query(incident).catch(() => undefined);
    return view?.issueKey ? view : undefined;
  });
}

/** Keys of all issues that are linked. */
export async function linkedKeys({ temporal }: BenchStack): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { searchAttributes } of temporal.workflow.list({ query: linked }))
    keys.push(String(searchAttributes['LkTicket']?.[0]));
  return keys;
}
