import assert from 'node:assert/strict';
import { loadConfig } from '../../config/load-config.ts';
import { toChangePolicy } from '../../config/change-policy.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { killThrough, readLogs, toWritePoints, type WritePoint } from '../support/change-e2e-kills.ts';
import { changes, type Build, type Changes } from '../support/change-e2e.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { startForeignWorker, type ForeignWorker } from '../support/foreign-worker.ts';

/** A policy that asks nobody when every check passes; and workers that die. Each test goes on where the one before it ended. */
describe('e2e: change approval by policy', function () {
  this.timeout(180_000);
  let e2e: E2e;
  let shop: Changes;
  let foreign: ForeignWorker;
  let points: readonly WritePoint[];

  before(async function () {
    this.timeout(300_000);
    e2e = await startE2e({ changePolicy: { autoApprove: true, heartbeatSeconds: 1 } });
    shop = changes(e2e);
    foreign = await startForeignWorker(e2e.endpoints.temporal, e2e.temporal);
  });
  after(async () => {
    await foreign?.stop();
    await e2e?.stop();
  });

  const texts = async (key: string) => (await e2e.person('sue').read(key)).comments.map(({ text }) => text);
  const isClosed = (key: string) => e2e.until(key, ({ status }) => status === 'Closed');

  async function detached(build: Build, ...flags: string[]): Promise<void> {
    const job = `${build.pipeline.jobs['deploy-production']}`;
    const { code, stderr } = await shop.request(build, '--detach', '--deploy-job', job, ...flags);
    assert.equal(code, 0, stderr);
  }
  const ticketOf = (build: Build) =>
    waitUntil('the ticket', 30_000, async () => (await shop.tickets(build))[0]);

  it('asks people about the first deploy, and nobody about the next, reviewed one', async () => {
    const first = await shop.built(await shop.mergeReviewed());
    await detached(first);
    await shop.approve(first);
    await isClosed(await ticketOf(first));
    points = toWritePoints(await readLogs(e2e));
    const second = await shop.built(await shop.mergeReviewed());
    await detached(second);
    const { comments } = await isClosed(await ticketOf(second));
    assert.match(comments.at(-1)?.text ?? '', /Approved by policy standard, version 1/);
    assert.deepEqual(await shop.requests(second), []);
    assert.equal(await shop.plays(second), 1);
    assert.partialDeepStrictEqual(await shop.run(second).result(), { automatic: true, approvers: [] });
  });

  it('asks people about two builds at once, because each is related to the other', async () => {
    const [one, two] = [
      await shop.built(await shop.mergeReviewed()),
      await shop.built(await shop.mergeReviewed()),
    ];
    await Promise.all([shop.request(one), shop.request(two)]);
    const waits = [shop.wait(one), shop.wait(two)];
    for (const build of [one, two])
      await waitUntil('people to be asked because of the other', 30_000, async () => {
        const { evidence } = await shop.asked(build);
        return /Related changes","value":"yours to decide/.test(JSON.stringify(evidence.facts)) || undefined;
      });
    await shop.approve(two);
    await Promise.race(waits);
    assert.equal((await shop.view(two)).state, 'deploying');
    assert.equal((await shop.view(one)).state, 'waiting');
    await shop.deployed(two, 'success');
    await e2e.person('dana').move(await ticketOf(one), 'Canceled');
    assert.deepEqual(
      (await Promise.all(waits)).map(({ code }) => code),
      [11, 0],
    );
    await isClosed(await ticketOf(two));
  });

  it('asks about a direct push, and plays it for no run that says the policy allows it', async () => {
    const { commits, pipeline } = await shop.person('dana').push('main', [{ title: 'Hotfix by hand' }]);
    const build = await shop.built({ sha: commits.at(-1) ?? '', pipeline });
    const loaded = loadConfig(e2e.stack.configFile, e2e.stack.env);
    assert.ok('config' in loaded);
    const policy = toChangePolicy(loaded.config, 'production');
    const whole = {
      ...{
        environment: 'production',
        project: 'shop/web',
        buildJob: 'build',
        branch: 'main',
        action: 'deploy',
      },
      ...{ build: `${build.pipeline.id}`, sha: build.sha },
    };
    const permission = { build: whole, policy, grant: null, planGrant: null, plan: null };
    const jobId = build.pipeline.jobs['deploy-production'];
    const input = { pipelineId: build.pipeline.id, jobId, permission };
    const answers = await foreign.run(
      shop.idOf(build),
      [
        { what: 'as it is', activity: 'playDeployJob', input },
        {
          what: 'lax',
          activity: 'playDeployJob',
          input: {
            ...input,
            permission: {
              ...permission,
              policy: { ...policy, scans: { required: [], blocking: [], maxAgeHours: 1 } },
            },
          },
        },
      ],
      false,
    );
    assert.match(
      answers['as it is'] ?? '',
      /^PolicyViolation: gitlab: this deploy needs a person: .*direct-push/,
    );
    assert.match(answers['lax'] ?? '', /^PolicyViolation: .*the policy is not this worker/);
    assert.equal(await shop.plays(build), 0);
    await detached(build, '--justification', 'the shop is shut');
    assert.match(JSON.stringify((await shop.asked(build)).evidence.facts), /direct-push/);
    await shop.abandon(build);
  });

  it('makes each write once though the worker is killed after every one of them', async () => {
    assert.ok(points.length >= 12, points.map(({ label }) => label).join('\n'));
    const started = Date.now();
    const build = await shop.built(await shop.mergeReviewed('Squashed: a person decides', true));
    await e2e.stack.worker.kill();
    await detached(build);
    const decided = (async () => {
      const key = await ticketOf(build);
      await e2e.until(key, ({ comments }) => comments.some(({ text }) => text.startsWith('Decision wanted')));
      for (const name of ['sid', 'ray']) await e2e.person(name).comment(key, '/approve');
    })();
    const met = await killThrough(e2e, points, async () => {
      const { status } = await shop.run(build).describe();
      return status.name !== 'RUNNING';
    });
    await decided;
    const key = await ticketOf(build);
    await isClosed(key);
    assert.deepEqual([(await shop.tickets(build)).length, await shop.plays(build)], [1, 1]);
    const own = (await texts(key)).filter((text) => !text.startsWith('/'));
    assert.deepEqual(own.map((text) => text.split('\n')[0]?.slice(0, 15)).toSorted(), [
      'Decision wanted',
      'Deployed succes',
      'Not every check',
    ]);
    const shown = (await shop.messages()).filter(({ text }) => text.includes(`(${key})`));
    assert.deepEqual([shown.length, shown.filter(({ direct_to: to }) => to === undefined).length], [2, 1]);
    console.log(`      ${met.length} kills in ${Math.round((Date.now() - started) / 1000)} s`);
    assert.deepEqual(
      points.map(({ label }) => label).filter((label) => !met.includes(label)),
      [],
    );
  });
});
