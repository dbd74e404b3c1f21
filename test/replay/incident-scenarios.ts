import type { IncidentPort } from '../../activities/incidents/port.ts';
import { pauseLink, reprocess, unlink } from '../../workflows/incident-sync/messages.ts';
import { setPause } from '../../workflows/incident-control/messages.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { comment } from '../policy/incident-sync/pair.ts';
import { eventually } from '../support/approval-world.ts';
import { startPass } from '../support/incident-passes.ts';
import { createIncidentWorld, incidentPolicy, type IncidentWorld } from '../support/incident-stubs.ts';
import type { Scenario } from './scenario.ts';

/** Stories of incidents: their one writer, and the short runs around it. */

type Stories = Readonly<Record<string, Scenario>>;
type Part = Parameters<IncidentWorld['start']>[0];

const connection = 'aws-main';
const first = '1000000001';

function sync(
  prepare: (world: IncidentWorld) => void,
  story: (world: IncidentWorld) => Promise<void>,
  part?: Part,
) {
  const scenario: Scenario = async (temporal) => {
    const world = createIncidentWorld(temporal);
    prepare(world);
    await world.start(part);
    const { workflowId, runId } = await world.handle.describe();
    await story(world);
    await world.stop();
    return temporal.client.workflow.getHandle(workflowId, runId);
  };
  return scenario;
}

async function closed(world: IncidentWorld) {
  await world.handle.result();
}

const syncs: Stories = {
  'both-ways-and-unlinked': sync(
    () => undefined,
    async (world) => {
      await world.synced(2);
      world.case = {
        ...world.case,
        comments: [comment('1')],
        fields: { ...world.case.fields, title: 'new' },
      };
      world.issue = { ...world.issue, status: 'In Review' };
      await world.tell({ side: 'both' });
      await world.synced(3);
      await world.handle.signal(pauseLink, { paused: true, by: 'sam', reason: 'x' });
      await world.tell();
      await world.handle.signal(pauseLink, { paused: false, by: 'sam', reason: 'x' });
      await world.synced(4);
      await world.handle.signal(unlink, { by: 'sam', reason: 'x' });
      await closed(world);
    },
  ),
  'parked-and-tried-again': sync(
    () => undefined,
    async (world) => {
      await world.synced(2);
      world.failures.writeFields = ['PermissionDenied'];
      world.issue = { ...world.issue, fields: { ...world.issue.fields, title: 'new' } };
      await world.tell({ side: 'issue' });
      await world.until(({ parked }) => parked.length === 1);
      await world.handle.signal(reprocess, {});
      await world.until(({ parked }) => parked.length === 0);
    },
  ),
  'a-conflict-that-a-person-answered': sync(
    () => undefined,
    async (world) => {
      await world.synced(2);
      world.case = { ...world.case, fields: { ...world.case.fields, description: 'one' } };
      world.issue = { ...world.issue, fields: { ...world.issue.fields, description: 'two' } };
      await world.tell({ side: 'both' });
      await world.say(await world.openRequest(), { choice: 'issue' });
      await world.until(({ conflicts }) => conflicts.length === 0);
    },
  ),
  'severe-pending-and-reminded': sync(
    (world) => void (world.case = { ...world.case, severe: true, pendingAction: 'Customer' }),
    async (world) => {
      await eventually(async () => world.calls.includes('writeNote customer-pending') || undefined);
    },
    { policy: { ...incidentPolicy, pendingMinutes: [0.01] } },
  ),
  'reopened-with-a-new-case': sync(
    (world) => {
      world.case = { ...world.case, status: 'Closed' };
      world.issue = { ...world.issue, status: 'Done', done: true };
    },
    async (world) => {
      await world.synced(2);
      world.issue = { ...world.issue, status: 'In Progress', done: false };
      await world.tell({ side: 'issue' });
      await closed(world);
    },
    { policy: { ...incidentPolicy, reopened: 'new-case' } },
  ),
  'the-issue-was-deleted': sync(
    () => undefined,
    async (world) => {
      await world.synced(2);
      world.issue = { ...world.issue, found: false, gone: 'deleted' };
      await world.tell({ side: 'issue' });
      await world.synced(3);
    },
    { policy: { ...incidentPolicy, deletedIssue: 'close' } },
  ),
  'goes-on-in-a-new-run': sync(
    () => undefined,
    async (world) => {
      const { runId } = await world.handle.describe();
      for (let times = 2; (await world.handle.describe()).runId === runId && times < 20; times += 1) {
        await world.synced(times);
        await world.tell();
      }
    },
    { maxHistoryLength: 40 },
  ),
};

/** To its end. */
const pass =
  (type: string, input: unknown, own: Parameters<typeof startPass>[3] = {}): Scenario =>
  async (temporal) => {
    const { handle } = await startPass(temporal, type, input, own);
    await handle.result().catch(() => undefined);
    return handle;
  };

const intake = (part: Partial<Awaited<ReturnType<IncidentPort['readIssueTie']>>>) =>
  pass(
    workflowTypes.incidentIntake,
    { connection, issueId: '10001', policy: incidentPolicy },
    {
      port: {
        readIssueTie: async () => ({
          ...{ issueId: '10001', issueKey: 'INC-1', found: true, caseId: null, notEligible: null, ...part },
        }),
      },
    },
  );

const control =
  (payloads: readonly unknown[]): Scenario =>
  async (temporal) => {
    const { handle, sides } = await startPass(temporal, workflowTypes.incidentControl, {});
    for (const payload of payloads) await handle.signal(setPause, payload);
    if (payloads.length > 1) await eventually(async () => sides.told.length > 0 || undefined);
    await handle.cancel();
    await handle.result().catch(() => undefined);
    return handle;
  };

const said = { scope: connection, by: 'sam', reason: 'maintenance' };
const changed = [{ caseId: first, updatedAt: '2026-11-23T10:00:00Z', closed: false }];

export const incidentScenarios: Readonly<Record<string, Stories>> = {
  'incident-sync': syncs,
  'incident-intake': {
    created: intake({}),
    told: intake({ caseId: first, notEligible: 'Lockkeeper made it' }),
    'named-by-its-key': intake({ issueId: '10002' }),
  },
  'incident-control': {
    paused: control([{ ...said, paused: true }]),
    'paused-and-let-go': control([
      { ...said, paused: true },
      { ...said, paused: false },
    ]),
  },
  'incident-sweep': {
    changed: pass(
      workflowTypes.incidentSweep,
      { connection },
      { port: { sweepCases: async () => ({ changed, open: 1, listed: 1, calls: 1 }) } },
    ),
    'dry-run': pass(workflowTypes.incidentSweep, { connection, dryRun: true, full: true }),
  },
  'incident-drift': {
    'none-linked': pass(workflowTypes.incidentDrift, { connection }),
    'two-pages': pass(
      workflowTypes.incidentDrift,
      { connection },
      {
        calls: {
          listIncidents: async ({ cursor }) => ({
            caseIds: [first],
            cursor: cursor === null ? 'next' : null,
          }),
          readDrift: async ({ caseIds }) => ({
            looked: caseIds,
            differences: [{ caseId: first, issueKey: 'INC-1', differs: ['title'] }],
          }),
        },
      },
    ),
  },
};
