import assert from 'node:assert/strict';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { toInspectionPolicy } from '../../config/change-policy.ts';
import { ensureSchedules, schedulesOf } from '../../starters/schedules.ts';
import { changeInspectionScheduleId } from '../../workflows/shared/names.ts';
import { sound } from '../config/change-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';

const config = configOf(exampleWith(sound));
const without = configOf();
const schedule = schedulesOf(config).find(({ scheduleId }) => scheduleId === changeInspectionScheduleId);

describe('the schedule of inspections', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld | undefined;
  after(() => temporal?.stop());

  it('starts a pass without a month, one at a time, and catches up on an outage of a week', () => {
    assert.deepEqual(schedule?.action.args, [{ month: null, policy: toInspectionPolicy(config) }]);
    assert.deepEqual(schedule?.policies, { overlap: 'SKIP', catchupWindow: '7 days' });
  });

  it('is there only where inspections are configured, and deleted when they are not any more', async () => {
    assert.ok(schedulesOf(without).every(({ scheduleId }) => scheduleId !== changeInspectionScheduleId));
    const deleted: string[] = [];
    const client = {
      schedule: {
        create: async () => undefined,
        async *list() {},
        getHandle: (id: string) => ({
          async delete() {
            if (id !== changeInspectionScheduleId) throw new ScheduleNotFoundError('not found', id);
            deleted.push(id);
          },
        }),
      },
    } as unknown as Client;
    const last = (await ensureSchedules(client, without)).at(-1);
    assert.deepEqual(last, { scheduleId: changeInspectionScheduleId, outcome: 'deleted' });
    assert.deepEqual(deleted, [changeInspectionScheduleId]);
  });

  it('fires on the first of each month at six, UTC, as a real server reads it', async () => {
    temporal = await startRealServer();
    const { client } = temporal;
    await ensureSchedules(client, config);
    const { info } = await client.schedule.getHandle(changeInspectionScheduleId).describe();
    assert.ok(info.nextActionTimes.length >= 3);
    for (const time of info.nextActionTimes) assert.match(time.toISOString(), /-01T06:00:00\.000Z$/);
    const months = new Set(info.nextActionTimes.map((time) => time.toISOString().slice(0, 7)));
    assert.equal(months.size, info.nextActionTimes.length);
  });
});
