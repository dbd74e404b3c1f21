import assert from 'node:assert/strict';
import { waitUntil } from '../../scripts/wait-until.ts';
import { changes, type Changes } from '../support/change-e2e.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';

/** Whoever comes to a change another way than CI: people without the right, tickets made by hand, status checks, and vendors that fail. */
describe('e2e: change approval, other doors', function () {
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

  it('does not listen to somebody without the right', async () => {
    const { ticket, build } = await shop.atTheGate();
    await assert.rejects(e2e.person('eve').move(ticket, 'Approved'), /no transition to Approved/);
    await e2e.person('eve').comment(ticket, '/approve');
    await shop.slack('eve').press(await shop.message(ticket), 'lk_approve');
    await shop.slack('dana').press(await shop.message(ticket), 'lk_approve');
    const refused = await waitUntil('three refusals', 20_000, async () => {
      const all = (await shop.decisions(build)).filter(({ state }) => state === 'refused');
      return all.length >= 3 ? all : undefined;
    });
    assert.deepEqual([...new Set(refused.map(({ principal }) => principal))].sort(), ['dana', 'eve']);
    assert.equal((await shop.view(build)).state, 'waiting');
    await shop.abandon(build);
  });

  it('takes a ticket back to manual review that only a status approves', async () => {
    const { ticket, build } = await shop.atTheGate();
    // in change-approvers, so that Jira lets him, but in no group of the quorum
    await e2e.person('lee').move(ticket, 'Approved');
    await e2e.until(ticket, ({ status }) => status === 'Manual review required');
    assert.match((await words(ticket)).join('\n'), /The status Approved alone does not allow the deploy/);
    assert.notEqual((await shop.view(build)).state, 'approved');
    await shop.approve(build);
    await shop.until(build, ['approved']);
    assert.equal((await e2e.person('sue').read(ticket)).status, 'Approved');
    await shop.abandon(build);
  });

  it('counts whoever is first when Slack and Jira decide at once', async () => {
    const { build, ticket, request } = await shop.atTheGate();
    const shown = await shop.message(ticket);
    await Promise.all([
      ...['sue', 'sid', 'sue', 'ray'].map((name) => shop.slack(name).press(shown, 'lk_approve')),
      ...['sue', 'ray'].map((name) => e2e.person(name).comment(ticket, '/approve')),
      e2e.person('ray').move(ticket, 'Approved'),
    ]);
    await shop.until(build, ['approved']);
    const requests = await shop.requests(build);
    assert.deepEqual(
      requests.map(({ requestId, state }) => [requestId, state]),
      [[request.requestId, 'approved']],
    );
    const principals = requests[0]?.decisions.map(({ principal }) => principal) ?? [];
    assert.equal(new Set(principals).size, principals.length, principals.join());
    assert.equal((await e2e.person('sue').read(ticket)).status, 'Approved');
    await e2e.person('ray').comment(ticket, '/revoke');
    await e2e.until(ticket, ({ status }) => status === 'Manual review required');
    await e2e.person('ray').move(ticket, 'Declined');
    assert.equal(await shop.closed(build), 'COMPLETED');
    assert.partialDeepStrictEqual(await shop.run(build).result(), { outcome: 'rejected', by: 'ray' });
  });

  it('gives a ticket that was made by hand its run, and asks for what is missing', async () => {
    const { pipeline, sha } = await shop.built(await shop.mergeReviewed());
    const ticket = await shop.fileChange({ pipeline, sha, environment: 'production' });
    const build = { pipeline, sha, environment: 'production' };
    const view = await shop.until(build, ['needs-info']);
    assert.deepEqual([view.ticket, view.missing], [ticket, ['rollbackPlan']]);
    assert.match((await words(ticket)).join('\n'), /Rollback plan: how it is taken back/);
    await e2e.person('sue').edit(ticket, { customfield_10070: shop.prose('deploy 5200 again') });
    const request = await shop.asked(build);
    assert.equal(request.evidence.requester, null);
    assert.match(JSON.stringify(request.evidence.facts), /nobody proved who asks/);
    await e2e.person('sue').move(ticket, 'Canceled');
    assert.equal(await shop.closed(build), 'COMPLETED');
    assert.partialDeepStrictEqual(await shop.run(build).result(), { outcome: 'cancelled', ticket });
  });

  it('plays once and makes one ticket while GitLab and Jira fail and lose answers', async () => {
    const merged = await shop.mergeReviewed();
    const build = await shop.built(merged);
    const gitlab = { actor: 'jira-bot' };
    const faults = [
      {
        match: { ...gitlab, method: 'GET' },
        mode: 'status',
        status: 429,
        headers: { 'retry-after': '1' },
        times: 2,
      },
      { match: { ...gitlab, method: 'GET' }, mode: 'status', status: 429, times: 2 },
      { match: gitlab, mode: 'status', status: 503, times: 3 },
      { match: gitlab, mode: 'lost', times: 3 },
      { match: { ...gitlab, path: '/statuses/' }, mode: 'lost', times: 1 },
      { match: { ...gitlab, path: '/play$' }, mode: 'status', status: 502, times: 1 },
      { match: { ...gitlab, path: '/play$' }, mode: 'status', status: 429, times: 1 },
      { match: { ...gitlab, path: '/play$' }, mode: 'lost', times: 1 },
    ] as const;
    for (const fault of faults) await e2e.control.gitlab.addFault(fault);
    await e2e.control.jira.addFault({
      match: { method: 'POST', path: '/issue$', actor: 'jira-bot' },
      mode: 'lost',
    });
    const job = `${merged.pipeline?.jobs['deploy-production']}`;
    assert.equal((await shop.request(build, '--detach', '--deploy-job', job)).code, 0);
    await shop.asked(build, 'change', 60_000);
    const { ticket } = await shop.view(build);
    assert.ok(ticket);
    await shop.approve(build);
    await e2e.until(ticket, ({ status }) => status === 'Closed');
    for (const fault of await e2e.control.gitlab.faults()) assert.ok(fault.used > 0, JSON.stringify(fault));
    assert.equal(await shop.plays(build), 1);
    assert.equal((await shop.tickets(build)).length, 1);
    assert.equal((await shop.deployJob(build)).status, 'success');
    await e2e.control.gitlab.clearFaults();
  });

  it('answers an external status check at once, and again when the change is approved', async () => {
    await shop.addStatusCheck();
    const { iid, sha, pipeline } = await shop.openReviewed({ pipeline: true });
    await waitUntil(
      'the first answer',
      20_000,
      async () => (await shop.statusChecks(iid)).every(({ status }) => status === 'failed') || undefined,
    );
    const build = await shop.built({ sha, pipeline });
    assert.equal((await shop.request(build, '--justification', 'asked for by support')).code, 0);
    await shop.approve(build);
    await shop.until(build, ['approved']);
    await waitUntil(
      'the second answer',
      20_000,
      async () => (await shop.statusChecks(iid)).every(({ status }) => status === 'passed') || undefined,
    );
  });
});
