import assert from 'node:assert/strict';
import type { PromotionStatus, Ticket, TicketSummary } from '../../activities/jira/port.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { promotionSweep } from '../../workflows/sweeps/promotion-sweep.ts';
import { createPromotionWorld, type PromotionWorld } from '../support/promotion-world.ts';
import { registerStubs, type Stubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('promotionSweep', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let count = 0;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  const summary = (issue: number, site = 'main'): TicketSummary => ({
    site,
    issueId: String(issue),
    key: `DEVOPS-${issue}`,
    statusName: 'ToDo',
  });

  interface Found {
    readonly toDo?: readonly TicketSummary[];
    readonly inProgress?: readonly TicketSummary[];
  }

  /** Sweeps once over tickets that the search finds; the ticket itself is In Progress unless a test says otherwise. */
  async function sweep(found: Found, prepare: (stubs: Stubs, world: PromotionWorld) => void = () => {}) {
    const workflowId = `promotion-sweep-${(count += 1)}`;
    const ticket: Partial<Ticket> = { status: 'inProgress', statusName: 'In Progress', round: '7' };
    const { world, stubs } = createPromotionWorld(ticket);
    const asked: string[] = [];
    stubs.jira.findTickets = async ({ site, status }: { site: string; status: PromotionStatus }) => {
      asked.push(`${site}/${status}`);
      return status in found ? (found[status as keyof Found] ?? []).filter((t) => t.site === site) : [];
    };
    stubs.temporal.startPromotions = async ({ tickets }) => ({ started: tickets.length });
    stubs.temporal.findOrphans = async ({ tickets }) => tickets;
    prepare(stubs, world);
    registerStubs(workflowId, stubs);
    const options = { workflowId, taskQueue: testQueue, args: [{ sites: ['main', 'other'] }] as [never] };
    const handle = await temporal.client.workflow.start<typeof promotionSweep>('promotionSweep', options);
    return { result: await temporal.track(handle).result(), world, asked };
  }

  it('starts a promotion for every ticket in ToDo, of every site', async () => {
    const { result, world, asked } = await sweep({ toDo: [summary(1), summary(2), summary(3, 'other')] });
    assert.deepEqual(result, { waiting: 3, started: 3, orphans: [], unresolved: [] });
    assert.deepEqual(asked, ['main/toDo', 'main/inProgress', 'other/toDo', 'other/inProgress']);
    assert.deepEqual(world.calls, []);
  });

  it('fails a ticket whose run is gone: comment once per round, on-call, Failed', async () => {
    const { result, world } = await sweep({ inProgress: [summary(1)] });
    assert.deepEqual(result.orphans, ['DEVOPS-1']);
    assert.deepEqual(world.calls, [
      'readTicket',
      'comment:comment-orphan',
      'assign:on-call',
      'transition:failed',
    ]);
    assert.equal(world.comments[0]?.key, 'agent-promotion:main:1/7/comment-orphan');
    assert.match(JSON.stringify(world.comments), /its run has ended without a result/);
  });

  const untouched: Readonly<Record<string, (stubs: Stubs, world: PromotionWorld) => void>> = {
    'whose run lives': (stubs) => void (stubs.temporal.findOrphans = async () => []),
    'that left In Progress since the search index saw it': (_, world) =>
      void (world.ticket = { ...(world.ticket as Ticket), status: 'done', statusName: 'Done' }),
    'that was moved to another project': (_, world) =>
      void (world.ticket = { ...(world.ticket as Ticket), inScope: false }),
    'that was deleted': (_, world) => void (world.ticket = null),
    'whose next round began in the meantime': (stubs, world) => {
      stubs.temporal.findOrphans = async ({ tickets }) => (world.calls.length === 0 ? tickets : []);
    },
  };
  for (const [which, prepare] of Object.entries(untouched))
    it(`leaves a ticket alone ${which}`, async () => {
      const { result, world } = await sweep({ inProgress: [summary(1)] }, prepare);
      assert.deepEqual(result, { waiting: 0, started: 0, orphans: [], unresolved: [] });
      assert.deepEqual(world.comments, []);
    });

  it('goes on with the others when one ticket cannot be written, and says which', async () => {
    const { result } = await sweep({ inProgress: [summary(1), summary(2)] }, (_, world) => {
      world.on['transition:failed'] = () => {
        world.on['transition:failed'] = undefined;
        throw createFailure('Conflict', 'no transition leads to Failed');
      };
    });
    assert.deepEqual([result.unresolved, result.orphans], [['DEVOPS-1'], ['DEVOPS-2']]);
  });

  it('waits while Jira is down', async () => {
    let tries = 0;
    const { result } = await sweep({}, (stubs) => {
      stubs.jira.findTickets = async () => {
        if ((tries += 1) < 8) throw createFailure('Unavailable', '503');
        return tries === 8 ? [summary(1)] : [];
      };
    });
    assert.equal(result.started, 1);
  });

  it('ends when a person cancels it in the middle', async () => {
    const pass = sweep({ inProgress: [summary(1)] }, (stubs) => {
      stubs.jira.readTicket = () => {
        throw createFailure('Unavailable', '503');
      };
      stubs.temporal.findOrphans = async ({ tickets }) => {
        await temporal.client.workflow.getHandle(`promotion-sweep-${count}`).cancel();
        return tickets;
      };
    });
    await assert.rejects(pass, /cancel/i);
  });
});
