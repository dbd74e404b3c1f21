import assert from 'node:assert/strict';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { ensureSchedules, schedulesOf } from '../../starters/schedules.ts';
import { configOf, exampleWith } from '../config/example-config.ts';

const without = configOf(exampleWith({ 'processes.promotion.driftIssueType': undefined }));
const config = configOf(exampleWith({ 'processes.promotion.driftIssueType': 'Task' }));

/** A client that notes what it is asked; `there` are the schedules that Temporal has. */
function createClient(there: readonly string[], fail?: Error) {
  const did: string[] = [];
  const schedule = {
    create: async ({ scheduleId }: { scheduleId: string }) => void did.push(`create ${scheduleId}`),
    async *list() {},
    getHandle: (id: string) => ({
      async delete() {
        if (fail) throw fail;
        if (!there.includes(id)) throw new ScheduleNotFoundError('not found', id);
        did.push(`delete ${id}`);
      },
    }),
  };
  return { did, client: { schedule } as unknown as Client };
}

describe('the schedule of the drift sweep', () => {
  it('runs every hour over all production accounts, one pass at a time', () => {
    const schedule = schedulesOf(config).find(({ scheduleId }) => scheduleId === 'drift-sweep');
    const production = config.aws.accounts.filter(({ purpose }) => purpose === 'production');
    assert.deepEqual(schedule?.spec.intervals, [{ every: '1 hour' }]);
    assert.equal(schedule?.policies?.overlap, 'SKIP');
    assert.ok(production.length > 0);
    assert.deepEqual(schedule?.action.args, [
      { sites: ['main'], accounts: production.map(({ name }) => name), issueType: 'Task' },
    ]);
  });

  it('is there only where drift has an issue type', () =>
    assert.deepEqual(
      schedulesOf(without).map(({ scheduleId }) => scheduleId),
      ['promotion-sweep', 'instance-sweep'],
    ));

  it('is deleted when it is not wanted any more, and missed by nobody', async () => {
    const had = createClient(['drift-sweep']);
    assert.deepEqual((await ensureSchedules(had.client, without)).at(-1), {
      ...{ scheduleId: 'drift-sweep', outcome: 'deleted' },
    });
    const never = createClient([]);
    assert.equal((await ensureSchedules(never.client, without)).length, 2);
    const wanted = createClient(['drift-sweep']);
    await ensureSchedules(wanted.client, config);
    assert.deepEqual([had.did.at(-1), wanted.did.at(-1)], ['delete drift-sweep', 'create drift-sweep']);
  });

  it('hides no failure of Temporal', () =>
    assert.rejects(ensureSchedules(createClient([], new Error('no answer')).client, without), /no answer/));
});
