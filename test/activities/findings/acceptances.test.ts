import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createFindingsActivities } from '../../../activities/findings/activities.ts';
import type { PageInput, PageResult } from '../../../workflows/halo-sync/messages.ts';
import type { TicketMark } from '../../../workflows/halo-sync/ticket.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { FakeSource, FakeTickets, findingOf, policyOf } from '../../support/finding-fakes.ts';

const now = Date.parse('2026-03-01T00:00:00Z');
const later = '2026-04-01T00:00:00.000Z';
const over = '2026-02-01T00:00:00.000Z';

/** One finding that is still there, and its closed ticket that says its risk is accepted. */
function world(until: string, checkAcceptance?: () => Promise<boolean>, own: Partial<TicketMark> = {}) {
  const tickets = new FakeTickets(() => now);
  const mark: TicketMark = {
    ...{ source: 'halo', findingId: 'f-1', contentHash: 'content-f-1', latestHash: null, left: 'closed' },
    ...{ reopened: 0, at: '2026-01-15T00:00:00.000Z', accepted: { until, acceptance: 'a:1' } },
    ...own,
  };
  tickets.put('f-1', { issueId: '7', isDone: true, statusName: 'Done', mark });
  const activities = createFindingsActivities({
    ...{ sources: { halo: new FakeSource([findingOf('f-1')]) }, tickets: { halo: tickets } },
    ...{ accountOf: () => undefined, now: () => now },
    ...(checkAcceptance ? { checkAcceptance } : {}),
  });
  const input: PageInput = {
    ...{ policy: policyOf(), kind: 'pass', stage: 'active', since: null, cursor: null, recent: [] },
    ...{ mayCreate: null, flood: null, dropSeenBefore: null, dryRun: false },
  };
  const env = () => new MockActivityEnvironment({ attempt: 1 }, { logger: new DefaultLogger('ERROR') });
  const run = (part: Partial<PageInput> = {}): Promise<PageResult> =>
    env().run((page: PageInput) => activities.syncPage(page), { ...input, ...part });
  return { run, ticket: () => tickets.stored.get('7')?.ticket };
}
const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);
const some = ({ counts }: PageResult) => Object.entries(counts).filter(([, count]) => count > 0);

describe('a finding whose ticket says that its risk is accepted', () => {
  it('is left alone as long as that is true', async () => {
    const here = world(later, yes);
    assert.deepEqual(some(await here.run()), [
      ['listed', 1],
      ['accepted', 1],
    ]);
    assert.equal(here.ticket()?.isDone, true);
  });

  for (const [what, check] of [
    ['by somebody who may edit it', no],
    ['to a worker that cannot check it', undefined],
  ] as const)
    it(`${what}, and nobody accepted it: the ticket is reopened, and counted`, async () => {
      const here = world(later, check);
      assert.deepEqual(some(await here.run()), [
        ['listed', 1],
        ['reopened', 1],
        ['forged', 1],
      ]);
      const { isDone, mark } = here.ticket() ?? {};
      assert.deepEqual([isDone, mark?.accepted], [false, undefined]);
    });

  it('is reopened when its time is over, and the mark forgets it', async () => {
    const here = world(over, () => assert.fail('it is over'));
    assert.deepEqual(some(await here.run()), [
      ['listed', 1],
      ['reopened', 1],
    ]);
    assert.equal(here.ticket()?.mark?.accepted, undefined);
  });

  it('is looked at again by its id', async () => {
    const here = world(over);
    const { counts, unparked } = await here.run({ stage: 'parked', ids: ['f-1'] });
    assert.deepEqual([counts.reopened, unparked], [1, ['f-1']]);
  });

  it('is left as it is while nobody can tell', () =>
    assert.rejects(world(later, () => Promise.reject(createFailure('Unavailable', 'Temporal: down'))).run(), {
      type: 'Unavailable',
    }));
});
