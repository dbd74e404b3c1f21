import type { WorkflowHandle } from '@temporalio/client';
import { toDryRunStart } from '../../activities/temporal/halo-calls.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { resume } from '../../workflows/agent-promotion/messages.ts';
import { recheck, retryParked } from '../../workflows/halo-sync/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { haloScheduleId, workflowTypes } from '../../workflows/shared/names.ts';
import { floodPolicy, pageResult } from '../support/halo-pages.ts';
import { createHaloWorld, type HaloWorld } from '../support/halo-world.ts';
import { testQueue } from '../support/stub-workers.ts';
import type { Scenario } from './scenario.ts';

/** Stories of the one writer of findings and of the short runs that ask it. */

const newestChange = '2026-11-22T11:30:00.000Z';

function sync(
  source: string,
  story: (world: HaloWorld) => Promise<void>,
  maxHistoryLength = 4_000,
): Scenario {
  return async ({ client }) => {
    const world = createHaloWorld(client, { source, input: { maxHistoryLength } });
    await world.ask('first');
    const { workflowId, runId } = await world.handle.describe();
    await story(world);
    await world.stop();
    return client.workflow.getHandle(workflowId, runId);
  };
}

async function sendResume({ handle }: HaloWorld) {
  await handle.signal(resume.name);
}

export const haloSyncScenarios: Readonly<Record<string, Scenario>> = {
  'passes-parked-and-retried': sync('halo-a', async (world) => {
    world.answer = ({ stage, ids = [] }) =>
      pageResult({
        newestChange,
        parked: stage === 'active' ? [{ findingId: 'bad', reason: 'Conflict: no Owner Team' }] : [],
        unparked: ids,
      });
    await world.ended('first');
    await world.ask('second', 'reconcile');
    await world.ended('second');
    await world.handle.signal(retryParked, {});
    await world.until(({ parked }) => parked.length === 0);
    await world.handle.signal(retryParked, null);
  }),
  'looked-at-again': sync('halo-g', async (world) => {
    await world.ended('first');
    world.answer = ({ ids = [] }) => pageResult({ newestChange, unparked: ids });
    await world.handle.signal(recheck, { ids: ['f-1'] });
    await world.until(({ reports, parked }) => reports.length === 2 && parked.length === 0);
    await world.handle.signal(recheck, { ids: [] });
    await world.handle.signal(recheck, null);
  }),
  'failed-refused-and-resumed': sync('halo-b', async (world) => {
    await world.ended('first');
    world.answer = () => {
      world.answer = () => pageResult({ newestChange });
      throw createFailure('PermissionDenied', 'no create');
    };
    await world.ask('refused');
    await world.ended('refused');
    world.answer = () => {
      world.answer = () => pageResult({ newestChange });
      // the run parks first: a word that comes before that counts for nothing
      setTimeout(() => void sendResume(world), 1_000);
      throw createFailure('CredentialRejected', 'key revoked');
    };
    await world.ask('rejected', 'backfill', { since: '2026-01-01T00:00:00.000Z' });
    await world.ended('rejected');
  }),
  'flood-dropped': sync('halo-c', async (world) => {
    await world.ended('first');
    world.answer = ({ mayCreate }) => pageResult({ flooded: mayCreate === null ? 0 : 40 });
    await world.ask('second', 'pass', { policy: floodPolicy(10) });
    await world.say(await world.openRequest(), { choice: 'drop' });
    await world.ended('second');
  }),
  'continued-as-new': sync(
    'halo-d',
    async (world) => {
      world.answer = ({ cursor }) => {
        const page = Number(cursor ?? 0) + 1;
        return pageResult({ newestChange, cursor: page < 4 ? String(page) : null });
      };
      const { runId } = await world.handle.describe();
      for (let times = 0; (await world.handle.describe()).runId === runId; times += 1) {
        await world.ask(`more-${times}`, 'reconcile');
        await world.ended(`more-${times}`);
      }
    },
    60,
  ),
};

function pass(source: string, kind: string, story: (handle: WorkflowHandle) => Promise<unknown>): Scenario {
  return async ({ client }) => {
    const world = createHaloWorld(client, { source });
    const handle = await client.workflow.start(workflowTypes.haloPass, {
      // a schedule adds the time; it holds the sync's id, by which the stubs are found
      workflowId: `${haloScheduleId(source, kind)}-${world.handle.workflowId}`,
      taskQueue: testQueue,
      args: [{ source: source.replace('unknown-', ''), kind }],
    });
    await story(handle);
    await world.handle.terminate().catch(() => undefined);
    return handle;
  };
}

const dryRun: Scenario = async ({ client }) => {
  const source = 'halo-f';
  const world = createHaloWorld(client, { source });
  world.answer = ({ stage, cursor }) =>
    pageResult({ cursor: stage === 'active' && cursor === null ? 'c2' : null });
  const policy = { ...floodPolicy(10), source };
  const request = { kind: 'reconcile', since: null, requestId: 'cli:1', policy } as const;
  const start = toDryRunStart(testQueue, request, newestChange);
  await createTemporalStarter(client).start(start);
  const handle = client.workflow.getHandle(start.workflowId);
  await handle.result();
  return handle;
};

export const haloPassScenarios: Readonly<Record<string, Scenario>> = {
  'dry-run': dryRun,
  asked: pass('halo-e', 'pass', (handle) => handle.result()),
  'source-gone': pass('unknown-halo', 'reconcile', (handle) => handle.result().catch(() => undefined)),
};
