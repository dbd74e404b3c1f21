import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { waitUntil } from '../../scripts/wait-until.ts';
import { changes, type Changes } from '../support/change-e2e.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';

/** Builds of shop/web on their way to production: people decide, CI asks with the real CLI. */
describe('e2e: change approval', function () {
  this.timeout(120_000);
  let e2e: E2e;
  let shop: Changes;

  before(async function () {
    this.timeout(300_000);
    e2e = await startE2e();
    shop = changes(e2e);
  });
  after(() => e2e?.stop());

  const words = async (key: string) => (await e2e.person('sue').read(key)).comments.map(({ text }) => text);
  const isClosed = (key: string) => e2e.until(key, ({ status }) => status === 'Closed');

  it('takes a reviewed merge request to production, approved in Slack and in Jira', async () => {
    const { build, ticket } = await shop.atTheGate();
    const { pipeline, sha } = build;
    const asked = await shop.fields(ticket);
    assert.partialDeepStrictEqual(asked, {
      ...{ Environment: 'production', Project: 'shop/web', 'Build job': 'build', Branch: 'main' },
      ...{ 'Build number': `${pipeline.id}`, 'Commit SHA': sha, 'Deploy action': 'deploy' },
      'Scan status': 'sast passed, secret_detection passed',
    });
    assert.match(JSON.stringify(asked['Justification']), /!1 Open the shop earlier/);
    assert.match(JSON.stringify(asked['Rollback plan']), /deploy the build before again/);
    assert.match((await words(ticket))[0] ?? '', /people must decide[^]*Code review \| a person decides/);

    const waiting = shop.wait(build);
    await shop.approve(build);
    const { code, stdout, stderr } = await waiting;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /approved and valid\n$/);
    assert.equal((await e2e.person('sue').read(ticket)).status, 'Deploying');
    assert.equal((await shop.deployed(build, 'success')).code, 0);
    const closed = await isClosed(ticket);
    assert.match(
      closed.comments.at(-1)?.text ?? '',
      /^Deployed successfully in \d+ s\. Approved by sue, ray\./,
    );
    assert.equal(closed.comments.filter(({ text }) => text.startsWith('Not every check')).length, 1);
    assert.match(String((await shop.fields(ticket))['Evidence digest']), /^[0-9a-f]{64}$/);
    const statuses = await shop.statuses(build);
    assert.deepEqual(statuses.at(-1), { name: 'lockkeeper/production', status: 'success' });
    assert.equal((await shop.wait(build)).code, 1, 'no approval covers a second deploy');
  });

  it('plays the manual job by itself, so that no runner waits', async () => {
    const merged = await shop.mergeReviewed();
    const job = `${merged.pipeline?.jobs['deploy-production']}`;
    const build = await shop.built(merged);
    const { code, stdout } = await shop.request(build, '--detach', '--deploy-job', job);
    assert.deepEqual([code, /is played: nobody waits here/.test(stdout)], [0, true]);
    await shop.asked(build);
    const { ticket } = await shop.view(build);
    assert.ok(ticket);
    await shop.slack('sue').press(await shop.message(ticket), 'lk_approve');
    await e2e.person('ray').move(ticket, 'Approved');
    await isClosed(ticket);
    assert.equal((await shop.deployJob(build)).status, 'success');
    assert.equal(await shop.plays(build), 1);
    assert.partialDeepStrictEqual(await shop.run(build).result(), {
      outcome: 'deployed',
      automatic: false,
      approvers: ['sue', 'ray'],
    });
  });

  it('pauses for a risky plan until other people approve it; an equal plan keeps that', async () => {
    const { build, ticket } = await shop.atTheGate();
    await shop.approve(build);
    await shop.until(build, ['approved']);
    const risky = await shop.plan(build, shop.path('samples/change/plans/risky.json'));
    assert.equal(risky.code, 20, risky.stderr);
    await e2e.until(ticket, ({ status }) => status === 'Manual review required');
    const request = await shop.asked(build, 'change-plan');
    assert.equal(request.evidence.subject['planDigest'], (await shop.view(build)).plan?.digest);
    const shown = await shop.message(ticket, /risky Terraform plan/);
    await shop.slack('sue').press(shown, 'lk_approve');
    assert.equal((await shop.slack('sue').fillModal('the table is empty')).errors, undefined);
    await e2e.person('lee').comment(ticket, '/approve');
    await waitUntil(
      'lee to hear that a reason is needed',
      20_000,
      async () => (await words(ticket)).some((text) => /of lee does not count/.test(text)) || undefined,
    );
    const waiting = shop.wait(build);
    await e2e.person('lee').comment(ticket, '/approve the table is empty');
    await e2e.until(ticket, ({ status }) => status === 'Approved');
    const again = await shop.plan(build, await rePlanned('samples/change/plans/risky.json'));
    assert.equal(again.code, 20);
    const { code, stderr } = await waiting;
    assert.equal(code, 0, stderr);
    assert.equal((await shop.requests(build)).length, 2, 'people were asked twice in all');
    await shop.deployed(build, 'failure');
    await e2e.until(ticket, ({ status }) => status === 'Deploy failed');
    await e2e.person('lee').move(ticket, 'Canceled');
    assert.equal((await shop.wait(build)).code, 11);
  });

  /** The same plan at another time, its resources in another order. */
  async function rePlanned(name: string): Promise<string> {
    const plan = JSON.parse(await readFile(shop.path(name), 'utf8')) as { resource_changes: unknown[] };
    plan.resource_changes.reverse();
    const file = path.join(os.tmpdir(), `lockkeeper-plan-${process.pid}.json`);
    await writeFile(file, JSON.stringify({ ...plan, timestamp: '2026-11-22T10:00:00Z' }, null, 2));
    return file;
  }

  it('refuses another build than the approved one, and an edited ticket', async () => {
    const { build, ticket } = await shop.atTheGate();
    await shop.approve(build);
    await shop.until(build, ['approved']);
    const refused = await Promise.all([
      shop.wait({ ...build, sha: 'a'.repeat(40) }),
      shop.cli(build, ['wait', '--build-job', 'build-arm'], 'deploy-production'),
    ]);
    assert.deepEqual(
      refused.map(({ code }) => code),
      [13, 13],
    );
    assert.match((await words(ticket)).join('\n'), /No deploy[^]*CI has build-arm, approved is build/);
    await e2e.person('sue').edit(ticket, { customfield_10065: 'evil' });
    await waitUntil(
      'the edit to be seen',
      20_000,
      async () => (await words(ticket)).some((text) => /the ticket says evil/.test(text)) || undefined,
    );
    const { code } = await shop.wait(build, '--timeout', '1s');
    assert.equal(code, 14, 'still waiting');
    await e2e.person('sue').edit(ticket, { customfield_10065: 'main' });
    await shop.asked(build);
    await shop.approve(build);
    assert.equal((await shop.wait(build)).code, 0);
    await shop.deployed(build, 'success');
    await isClosed(ticket);
  });

  it('tells CI that people declined or cancelled it', async () => {
    const [declined, cancelled] = await Promise.all([shop.atTheGate(), shop.atTheGate()]);
    const waits = Promise.all([shop.wait(declined.build), shop.wait(cancelled.build)]);
    await shop.slack('ray').press(await shop.message(declined.ticket), 'lk_reject');
    await shop.slack('ray').fillModal('not before the holidays');
    await e2e.person('dana').move(cancelled.ticket, 'Canceled');
    const [first, second] = await waits;
    assert.deepEqual([first.code, second.code], [10, 11], `${first.stderr}${second.stderr}`);
    assert.match(first.stdout, /rejected by ray: not before the holidays/);
    assert.equal((await e2e.person('sue').read(declined.ticket)).status, 'Declined');
  });

  it('lets an environment pass that nobody controls, and starts nothing', async () => {
    const build = await shop.built(await shop.mergeReviewed(), 'staging');
    for (const verb of ['request', 'wait'] as const) {
      const { code, stdout } = await shop[verb](build);
      assert.equal(code, 0);
      assert.match(stdout, /^staging is no controlled environment/);
    }
    await assert.rejects(shop.run(build).describe(), /not found/);
  });
});
