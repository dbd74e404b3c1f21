import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createJsonLog } from '../../starters/log.ts';
import { createMetrics } from '../../starters/metrics.ts';
import { createWaitingMetrics } from '../../starters/waiting-metrics.ts';
import { createVisibilityDouble, type WaitingRun } from './visibility-double.ts';

const startMs = Date.UTC(2026, 10, 4, 9, 30);
const hours = (count: number) => new Date(startMs - count * 3_600_000);
const root = path.resolve(import.meta.dirname, '../..');

function createWorld(runs: readonly WaitingRun[] = [], overdue = 0, timeoutMs = 2_000) {
  const metrics = createMetrics();
  const logged: string[] = [];
  const visibility = createVisibilityDouble(runs, overdue);
  const world = { nowMs: startMs, logged, visibility };
  const waiting = createWaitingMetrics({
    ...{ metrics, client: visibility.client, groups: ['devops', 'security'], timeoutMs },
    ...{ now: () => world.nowMs, log: createJsonLog((line) => logged.push(line)) },
  });
  const scrape = async () => {
    await waiting.refresh();
    return metrics.render();
  };
  return Object.assign(world, { scrape });
}

/** @returns the samples of a gauge that are not 0, without its name */
const countsOf = (text: string, name: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`lockkeeper_${name}`) && !line.endsWith(' 0'))
    .map((line) => line.slice(`lockkeeper_${name}`.length));
const waitingCounts = async (runs: readonly WaitingRun[]) =>
  countsOf(await createWorld(runs).scrape(), 'waiting_runs');

describe('the metrics of runs that wait', () => {
  for (const [ageHours, age] of [
    [-1, '0-1h'],
    [0, '0-1h'],
    [0.999, '0-1h'],
    [1, '1-8h'],
    [7.999, '1-8h'],
    [8, '8-24h'],
    [24, '1-7d'],
    [167.999, '1-7d'],
    [168, 'over-7d'],
    [10_000, 'over-7d'],
  ] as const)
    it(`put a run of ${ageHours} hours under ${age}`, async () => {
      const run = { waitingOn: 'person:devops', startTime: hours(ageHours) };
      assert.deepEqual(await waitingCounts([run]), [`{group="devops",age="${age}"} 1`]);
    });

  for (const [what, code, groups] of [
    ['each group that has to say something', 'person:devops+security', ['devops', 'security']],
    ['other for a group that is not configured', 'person:release', ['other']],
    ['other once for two of them', 'person:release+x"} 1', ['other']],
    ['other for a code that names nobody', 'person:', ['other']],
    ['nothing for a run that waits for its turn', 'turn:2', []],
  ] as const)
    it(`count ${what}`, async () => {
      const expected = groups.map((group) => `{group="${group}",age="0-1h"} 1`);
      assert.deepEqual(await waitingCounts([{ waitingOn: code, startTime: hours(0) }]), expected);
    });

  it('add up', async () => {
    const runs = [0, 0.5, 9].map((age) => ({ waitingOn: 'person:devops', startTime: hours(age) }));
    const expected = ['{group="devops",age="0-1h"} 2', '{group="devops",age="8-24h"} 1'];
    assert.deepEqual(await waitingCounts(runs), expected);
  });

  it('look at the first thousand runs', async () => {
    const run = { waitingOn: 'person:devops', startTime: hours(0) };
    const runs = Array.from({ length: 1_001 }, () => run);
    assert.deepEqual(await waitingCounts(runs), ['{group="devops",age="0-1h"} 1000']);
  });

  it('tell held, parked and overdue apart', async () => {
    const world = createWorld(
      [
        { waitingOn: 'freeze', process: 'agent-promotion' },
        { waitingOn: 'freeze', process: 'promotion-queue' },
        { waitingOn: 'freeze', process: 'made up' },
        { waitingOn: 'freeze' },
        { waitingOn: 'jira:CredentialRejected' },
        { waitingOn: 'slack:Unavailable' },
        { waitingOn: 'slack:Unavailable' },
        { waitingOn: 'jira:Conflict' },
        { waitingOn: 'finding:Parked' },
      ],
      2,
    );
    const text = await world.scrape();
    assert.deepEqual(countsOf(text, 'held_runs'), [
      '{process="agent-promotion"} 1',
      '{process="promotion-queue"} 1',
      '{process="other"} 2',
    ]);
    assert.deepEqual(countsOf(text, 'parked_runs'), [
      '{system="jira",type="CredentialRejected"} 1',
      '{system="slack",type="Unavailable"} 2',
      '{system="finding",type="Parked"} 1',
    ]);
    assert.deepEqual(countsOf(text, 'overdue_reviews'), [' 2']);
  });

  it('know every system that a workflow may wait for', async () => {
    const folder = path.join(root, 'workflows');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const code = files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(path.join(folder, file), 'utf8'));
    const called = [...code.join('\n').matchAll(/\b(?:call|insist)\(\s*'([a-z-]+)',/g)].map(
      ([, system]) => system,
    );
    const text = await createWorld().scrape();
    assert.ok(called.length > 20);
    for (const system of new Set(called))
      assert.match(
        text,
        new RegExp(`^lockkeeper_parked_runs\\{system="${system}",type="Unknown"\\} 0$`, 'm'),
      );
  });

  it('show what is not there as 0, with help and type, each label set once', async () => {
    const lines = (await createWorld().scrape()).split('\n');
    assert.equal(lines.pop(), '');
    const samples = lines.filter((line) => !line.startsWith('#'));
    assert.equal(new Set(samples).size, samples.length);
    assert.deepEqual(
      samples.filter((line) => !line.endsWith(' 0')),
      ['lockkeeper_temporal_up 1'],
    );
    assert.equal(samples.length, 3 * 5 + 3 + 9 * 3 + 11 + 1 + 1 + 1);
    assert.equal(lines.filter((line) => line.startsWith('# HELP ')).length, 5);
    assert.equal(lines.filter((line) => line.endsWith(' gauge')).length, 5);
    assert.ok(lines.some((line) => line.includes('since the run started')));
  });

  describe('ask Temporal', () => {
    it('once for scrapes that come together, and again after 15 seconds', async () => {
      const world = createWorld();
      await Promise.all([world.scrape(), world.scrape()]);
      world.nowMs += 14_999;
      await world.scrape();
      assert.equal(world.visibility.asked.length, 4);
      world.nowMs += 1;
      await world.scrape();
      assert.equal(world.visibility.asked.length, 8);
    });

    it('again when the clock was set back', async () => {
      const world = createWorld();
      await world.scrape();
      world.nowMs -= 3_600_000;
      await world.scrape();
      assert.equal(world.visibility.asked.length, 8);
    });

    it('and leave the runs out while it does not answer, say why in the log, and come back', async () => {
      const world = createWorld([{ waitingOn: 'person:devops', startTime: hours(0) }]);
      assert.match(await world.scrape(), /temporal_up 1/);
      world.nowMs += 15_000;
      world.visibility.before = () => Promise.reject(new Error('14 UNAVAILABLE'));
      assert.deepEqual((await world.scrape()).split('\n').slice(1), [
        '# TYPE lockkeeper_temporal_up gauge',
        'lockkeeper_temporal_up 0',
        '',
      ]);
      assert.match(world.logged.join(), /"warn".*not counted.*14 UNAVAILABLE/);
      world.nowMs += 15_000;
      world.visibility.before = async () => undefined;
      assert.match(await world.scrape(), /waiting_runs\{group="devops",age="0-1h"\} 1\n[^]*temporal_up 1/);
    });

    it('no more often while it is down', async () => {
      const world = createWorld();
      world.visibility.before = () => Promise.reject(new Error('14 UNAVAILABLE'));
      await world.scrape();
      await world.scrape();
      assert.equal(world.visibility.asked.length, 4);
      assert.equal(world.logged.length, 1);
    });

    it('for so long, and an answer that comes later changes nothing', async () => {
      const world = createWorld([], 7, 20);
      const { promise, resolve } = Promise.withResolvers<void>();
      world.visibility.before = () => promise;
      assert.match(await world.scrape(), /temporal_up 0/);
      assert.match(world.logged.join(), /did not answer in 20 ms/);
      resolve();
      await promise;
      await new Promise(setImmediate);
      assert.doesNotMatch(await world.scrape(), /overdue_reviews/);
    });
  });
});
