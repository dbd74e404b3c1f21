import assert from 'node:assert/strict';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import type { Config } from '../../config/parse-config.ts';
import { ensureSchedules, schedulesOf } from '../../starters/schedules.ts';
import { configOf } from '../config/example-config.ts';

const plain = configOf();

function withSources(
  ...sources: readonly { name: string; everyMinutes: number; remindAt?: number[] }[]
): Config {
  const all = sources.map((source) => ({ remindAt: [], ...source }));
  return { ...plain, processes: { ...plain.processes, halo: { sources: all } } } as unknown as Config;
}

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

describe('the schedules of findings', () => {
  const own = (config: Config) =>
    schedulesOf(config).filter(({ scheduleId }) => scheduleId.startsWith('halo-'));

  it('ask for a pass every few minutes and for a reconcile every night, of each source', () =>
    assert.deepEqual(
      own(withSources({ name: 'halo', everyMinutes: 15 }, { name: 'sarif', everyMinutes: 60 })).map(
        ({ scheduleId, spec, action, policies }) => ({ scheduleId, spec, args: action.args, policies }),
      ),
      (['halo', 'sarif'] as const).flatMap((source) => [
        {
          scheduleId: `halo-pass:${source}`,
          spec: { intervals: [{ every: source === 'halo' ? '15 minutes' : '60 minutes' }] },
          args: [{ source, kind: 'pass' }],
          policies: { overlap: 'SKIP', catchupWindow: '1 minute' },
        },
        {
          scheduleId: `halo-reconcile:${source}`,
          spec: { calendars: [{ hour: 2, minute: 30 }] },
          args: [{ source, kind: 'reconcile' }],
          policies: { overlap: 'SKIP', catchupWindow: '12 hours' },
        },
      ]),
    ));

  it('ask for reminders each morning where there are any', () => {
    const [, , remind] = own(withSources({ name: 'halo', everyMinutes: 15, remindAt: [80] }));
    assert.deepEqual(
      [remind?.scheduleId, remind?.spec, remind?.action.args],
      ['halo-remind:halo', { calendars: [{ hour: 7, minute: 0 }] }, [{ source: 'halo', kind: 'remind' }]],
    );
  });

  it('are deleted with their source, and nobody else’s are', async () => {
    const there = ['halo-pass:old', 'halo-reconcile:old', 'halo-pass:halo', 'somebody-else', 'halo-other'];
    const { did, client } = createClient(there);
    await ensureSchedules(client, withSources({ name: 'halo', everyMinutes: 15 }));
    const touched = did.filter((one) => one.includes('halo-') || one.includes('somebody'));
    assert.deepEqual(touched.sort(), [
      ...['create halo-pass:halo', 'create halo-reconcile:halo'],
      ...['delete halo-pass:old', 'delete halo-reconcile:old'],
    ]);
  });

  it('are none without findings, and then all that there are go', async () => {
    assert.deepEqual(own(plain), []);
    const { did, client } = createClient(['halo-pass:halo']);
    await ensureSchedules(client, plain);
    assert.ok(did.includes('delete halo-pass:halo'));
  });
});
