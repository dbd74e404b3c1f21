import assert from 'node:assert/strict';
import type { TrailPort } from '../../activities/cloudtrail/port.ts';
import type { SecretSweepReport } from '../../workflows/sweeps/secret-messages.ts';
import { createSecretWorld, type SecretWorld } from '../support/secret-world.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('the sweep of secrets', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  const region = 'us-east-1';
  async function start(): Promise<SecretWorld> {
    return createSecretWorld(temporal, await temporal.env.currentTimeMs());
  }
  async function sweep(world: SecretWorld, trail: Partial<TrailPort> = {}): Promise<SecretSweepReport> {
    const { account } = world;
    const workflowId = `secret-sweep:${account}:${region}`;
    world.answerAs(workflowId, {
      lookUpChanges: async () => ({ events: [], unreadable: 0, cursor: null }),
      listChangedSecrets: async () => [],
      ...trail,
    });
    const place = { site: 'main', project: 'SECCHG', issueType: 'Finding', channels: ['soc'] };
    const handle = await temporal.client.workflow.start('secretSweep', {
      ...{ workflowId, taskQueue: testQueue, args: [{ account, region, ...place }] },
    });
    return temporal.track(handle).result() as Promise<SecretSweepReport>;
  }
  const hourAgo = (world: SecretWorld) => {
    const { eventTime } = world.event('x');
    return new Date(Date.parse(eventTime) - 3_600_000).toISOString().replace('.000', '');
  };

  it('audits what only CloudTrail knows, page by page, and reports the gap', async () => {
    const world = await start();
    const [known, missed] = ['known', 'missed'].map((name) =>
      world.event(name, { eventTime: hourAgo(world) }),
    );
    assert.ok(known && missed);
    await world.deliver(known);
    const pages = { first: [known], second: [missed] };
    const report = await sweep(world, {
      lookUpChanges: async ({ cursor }) =>
        cursor === null
          ? { events: pages.first, unreadable: 1, cursor: 'second' }
          : { events: pages.second, unreadable: 0, cursor: null },
    });
    const { looked, missed: gaps, unseen, unreadable } = report;
    assert.deepEqual({ looked, gaps, unseen, unreadable }, { looked: 2, gaps: 1, unseen: 0, unreadable: 1 });
    await world.standsAs(missed, 'no-ticket');
    assert.equal(world.ledger.changes.get(missed.eventId)?.foundBy, 'sweep');
    assert.deepEqual(
      world.ledger.gaps.map(({ kind }) => kind),
      ['missed'],
    );
    assert.ok(world.vendors.calls.includes('createTicket'));
  });

  it('finds a secret that changed without any call that is known', async () => {
    const world = await start();
    const at = hourAgo(world);
    const known = world.event('known', { eventTime: at });
    await world.deliver(known);
    await world.standsAs(known, 'no-ticket');
    const arn = known.secret?.arn ?? '';
    const other = arn.replace('prod/db-a1b2c3', 'prod/other-a1b2c3');
    const report = await sweep(world, {
      listChangedSecrets: async () => [
        { arn, at, what: 'changed' },
        { arn: other, at, what: 'deleted' },
      ],
    });
    assert.equal(report.unseen, 1);
    assert.deepEqual(
      world.ledger.gaps.map(({ kind, secretArn }) => [kind, secretArn]),
      [['unseen', other]],
    );
  });

  it('says nothing when everything is known', async () => {
    const world = await start();
    const report = await sweep(world);
    assert.deepEqual([report.missed, report.unseen, world.ledger.gaps], [0, 0, []]);
    assert.deepEqual(world.vendors.calls, []);
  });

  it('looks an hour back before the last pass, and at nothing that is younger than half an hour', async () => {
    const world = await start();
    const asked: { from: string; to: string }[] = [];
    await sweep(world, {
      async lookUpChanges({ from, to }) {
        asked.push({ from, to });
        return { events: [], unreadable: 0, cursor: null };
      },
    });
    const [first] = asked;
    const hours = (Date.parse(first?.to ?? '') - Date.parse(first?.from ?? '')) / 3_600_000;
    const age = ((await temporal.env.currentTimeMs()) - Date.parse(first?.to ?? '')) / 60_000;
    assert.deepEqual([hours, Math.round(age)], [96, 30]);
  });

  it('exports the days in which a verdict may still change', async () => {
    const world = await start();
    world.answerAs(`secret-export-${world.account}`, {});
    const handle = await temporal.client.workflow.start('secretExport', {
      ...{ workflowId: `secret-export-${world.account}`, taskQueue: testQueue, args: [{ days: 31 }] },
    });
    await temporal.track(handle).result();
    assert.deepEqual([world.ledger.exported.length, new Set(world.ledger.exported).size], [31, 31]);
  });
});
