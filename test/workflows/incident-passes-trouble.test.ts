import assert from 'node:assert/strict';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { pauses, setPause } from '../../workflows/incident-control/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { eventually } from '../support/approval-world.ts';
import { startPass } from '../support/incident-passes.ts';
import { incidentPolicy } from '../support/incident-stubs.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

const connection = 'aws-main';
const first = '1000000001';
const second = '1000000002';

describe('passes over incidents in trouble', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  describe('incidentIntake', () => {
    const intake = (port: Partial<IncidentPort>, id?: string) =>
      startPass(
        temporal,
        workflowTypes.incidentIntake,
        { connection, issueId: '10001', policy: incidentPolicy },
        { port, ...(id === undefined ? {} : { id }) },
      );

    it('names every value that a case lacks, and asks AWS for the same case again later', async () => {
      const keys: string[] = [];
      const refused = await intake(
        {
          async createCase({ key }) {
            keys.push(key);
            throw createFailure('InvalidInput', 'a case needs: impactedAccounts');
          },
        },
        'incident-intake:aws-main:10001',
      );
      await assert.rejects(refused.handle.result(), ({ cause }: Error) =>
        /a case needs: impactedAccounts/.test(String((cause as Error).cause ?? cause)),
      );
      assert.deepEqual(refused.sides.told, []);
      const made = await intake(
        {
          async createCase({ key }) {
            keys.push(key);
            return { caseId: first };
          },
        },
        'incident-intake:aws-main:10001',
      );
      assert.equal(((await made.handle.result()) as { outcome: string }).outcome, 'created');
      assert.deepEqual([keys.length, new Set(keys).size], [2, 1]);
    });

    it('shows that AWS is down, and makes one case when it is back', async () => {
      let [tries, isDown] = [0, true];
      const { handle, sides } = await intake({
        async createCase() {
          tries += 1;
          if (isDown) throw createFailure('Unavailable', 'no answer');
          return { caseId: first };
        },
      });
      await temporal.env.sleep('40m');
      assert.equal((await handle.query(status)).waitingOn, 'incident:Unavailable');
      isDown = false;
      assert.deepEqual(await handle.result(), { outcome: 'created', caseId: first, reason: null });
      assert.ok(tries > 2, `${tries} tries`);
      assert.deepEqual(sides.told, [`case ${first} intake both 10001`]);
    });
  });

  describe('incidentControl', () => {
    const said = { by: 'sam', reason: 'maintenance', paused: true };

    it('keeps what the run before it knew, and wakes nobody of a scope that was not paused', async () => {
      const carried = [{ scope: '*', by: 'sam', reason: 'x', since: '2026-11-23T10:00:00.000Z' }];
      const { handle, sides } = await startPass(temporal, workflowTypes.incidentControl, { carried });
      await handle.signal(setPause, { ...said, scope: connection, paused: false });
      await handle.signal(setPause, { ...said, scope: connection });
      const standing = await handle.query(pauses);
      assert.deepEqual(
        standing.map(({ scope }) => scope),
        ['*', connection],
      );
      await handle.signal(setPause, { ...said, scope: '*', paused: false });
      await eventually(async () => sides.told.length > 0 || undefined);
      assert.deepEqual([sides.told, (await handle.query(pauses)).length], [['wake *'], 1]);
      await handle.terminate();
    });

    it('keeps the other pauses when those that wait cannot be told to go on', async () => {
      let refusals = 0;
      const refused = async () => {
        refusals += 1;
        throw createFailure('PermissionDenied', 'no');
      };
      const { handle } = await startPass(
        temporal,
        workflowTypes.incidentControl,
        {},
        { calls: { wakeIncidents: refused } },
      );
      await handle.signal(setPause, { ...said, scope: connection });
      await handle.signal(setPause, { ...said, scope: 'aws-other' });
      await handle.signal(setPause, { ...said, scope: connection, paused: false });
      await eventually(() => refusals > 0 || undefined);
      await handle.signal(setPause, { ...said, scope: 'aws-third' });
      await handle.signal(setPause, { ...said, scope: 'aws-third', paused: false });
      // it goes on: the next one is told, or not, as well
      await eventually(() => refusals > 1 || undefined);
      assert.equal((await handle.describe()).status.name, 'RUNNING');
      const standing = await handle.query(pauses);
      assert.deepEqual(
        standing.map(({ scope }) => scope),
        ['aws-other'],
      );
      await handle.terminate();
    });
  });

  describe('incidentDrift', () => {
    it('tells nobody where nothing is linked, and gives up where no list is to be had', async () => {
      const none = await startPass(temporal, workflowTypes.incidentDrift, { connection });
      assert.deepEqual(await none.handle.result(), { compared: 0, silent: 0, differences: [] });
      assert.deepEqual(none.sides.told, []);
      const refused = await startPass(...([temporal, workflowTypes.incidentDrift, { connection }] as const), {
        calls: {
          async listIncidents() {
            throw createFailure('NotFound', 'connection: aws-main is not in the configuration');
          },
        },
      });
      await assert.rejects(refused.handle.result());
      assert.deepEqual(refused.sides.told, []);
    });

    it('only compares in a dry run', async () => {
      const { handle, sides } = await startPass(
        ...([temporal, workflowTypes.incidentDrift, { connection, dryRun: true }] as const),
        {
          calls: {
            listIncidents: async () => ({ caseIds: [first, second], cursor: null }),
            readDrift: async ({ caseIds }) => ({ looked: caseIds, differences: [] }),
          },
        },
      );
      assert.deepEqual(await handle.result(), { compared: 2, silent: 0, differences: [] });
      assert.deepEqual(sides.told, [`cases ${first} ${second} compare`]);
    });
  });
});
