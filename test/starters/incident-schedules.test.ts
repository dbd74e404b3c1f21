import assert from 'node:assert/strict';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { ensureSchedules, schedulesOf } from '../../starters/schedules.ts';
import { configOf } from '../config/example-config.ts';
import { incidentConfig } from './incident-world.ts';

/** A client that notes what it is asked; `there` are the schedules that Temporal has. */
function createClient(there: readonly string[]) {
  const did: string[] = [];
  const schedule = {
    create: async ({ scheduleId }: { scheduleId: string }) => void did.push(`create ${scheduleId}`),
    async *list() {
      for (const scheduleId of there) yield { scheduleId };
    },
    getHandle: (id: string) => ({
      async delete() {
        if (!there.includes(id)) throw new ScheduleNotFoundError('not found', id);
        did.push(`delete ${id}`);
      },
    }),
  };
  return { did, client: { schedule } as unknown as Client };
}

describe('the schedules of incidents', () => {
  it('sweep each minute and compare every night, for each connection', () => {
    const own = schedulesOf(incidentConfig()).filter(({ scheduleId }) => scheduleId.startsWith('incident-'));
    assert.deepEqual(
      own.map(({ scheduleId, spec, action, policies }) => ({
        scheduleId,
        spec,
        args: action.args,
        policies,
      })),
      [
        {
          scheduleId: 'incident-sweep:aws-main',
          spec: { intervals: [{ every: '1 minute' }] },
          args: [{ connection: 'aws-main' }],
          policies: { overlap: 'SKIP', catchupWindow: '1 minute' },
        },
        {
          scheduleId: 'incident-drift:aws-main',
          spec: { calendars: [{ hour: 3, minute: 30 }] },
          args: [{ connection: 'aws-main' }],
          policies: { overlap: 'SKIP', catchupWindow: '12 hours' },
        },
      ],
    );
  });

  it('go with their connection, and nobody else’s do', async () => {
    const there = ['incident-sweep:old', 'incident-drift:old', 'incident-sweep:aws-main', 'incident-other'];
    const { did, client } = createClient(there);
    await ensureSchedules(client, incidentConfig());
    assert.deepEqual(did.filter((one) => one.startsWith('delete incident')).sort(), [
      'delete incident-drift:old',
      'delete incident-sweep:old',
    ]);
  });

  it('are none without incidents, and then all that there are go', async () => {
    const { did, client } = createClient(['incident-sweep:aws-main']);
    await ensureSchedules(client, configOf());
    assert.ok(did.includes('delete incident-sweep:aws-main'));
  });
});
