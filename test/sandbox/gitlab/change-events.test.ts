import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { specsDirOrSkip } from '../../support/contract-judge.ts';
import { mergedChange, startChangeGitlab, waitFor, type ChangeGitlab } from './change-fixture.ts';
import { differences } from './shape-differences.ts';
import { startReceiver, type ReceivedHook } from './webhook-receiver.ts';

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

describe('GitLab stand-in: what shop/web tells', () => {
  let gitlab: ChangeGitlab;
  let receiver: Receiver;
  let checker: Receiver;
  beforeEach(async () => {
    [receiver, checker] = [await startReceiver(), await startReceiver()];
    gitlab = await startChangeGitlab({
      hooks: [{ url: receiver.url, pipeline_events: true, push_events: false }],
    });
  });
  afterEach(async () => {
    await gitlab.front.stop();
    await Promise.all([receiver.stop(), checker.stop()]);
  });

  const kinds = (kind: string) => receiver.received.filter(({ body }) => body.object_kind === kind);
  const attribute = ({ body }: ReceivedHook, name: string) =>
    (body.object_attributes as Record<string, unknown> | undefined)?.[name];
  const actions = () => kinds('merge_request').map((hook) => attribute(hook, 'action'));
  const seedCheck = (rest: object = {}) =>
    gitlab.control('seed', { statusChecks: [{ name: 'Lockkeeper', externalUrl: checker.url, ...rest }] });

  it('tells of opening, approval, merge, push, jobs, the pipeline and the deploy', async () => {
    const change = await mergedChange(gitlab);
    await gitlab.person('lee').playJob(change.pipeline.jobs['deploy-production'] ?? 0);
    const ended = (hook: ReceivedHook) => hook.body['status'] === 'success';
    await receiver.until(() => kinds('deployment').some(ended));
    assert.deepEqual(actions(), ['open', 'approved', 'merge']);
    assert.deepEqual(
      kinds('deployment').map(({ body }) => body['status']),
      ['running', 'success'],
    );
    assert.deepEqual(
      kinds('push').map(({ body }) => body['ref']),
      ['refs/heads/close', 'refs/heads/main'],
    );
    assert.ok(kinds('build').some(({ body }) => body.build_status === 'manual'));
    assert.ok(kinds('pipeline').some((hook) => attribute(hook, 'status') === 'success'));
  });

  it('names the old head on a push, and one more or one less approval', async () => {
    const mergeRequest = { title: 'SHOP-1' };
    await gitlab.person('dana').push('part', [{ title: 'One' }], { mergeRequest });
    await gitlab.person('sue').approve(1);
    await gitlab.person('sid').approve(1);
    await gitlab.person('dana').push('part', [{ title: 'Two' }]);
    await gitlab.person('sid').unapprove(1);
    await gitlab.person('sue').unapprove(1);
    await receiver.until(() => actions().length === 6);
    assert.deepEqual(actions().toSorted(), [
      'approval',
      'approved',
      'open',
      'unapproval',
      'unapproved',
      'update',
    ]);
    const update = kinds('merge_request').find((hook) => attribute(hook, 'action') === 'update');
    assert.match(String(update && attribute(update, 'oldrev')), /^[0-9a-f]{40}$/);
  });

  for (const [kind, file] of [
    ['merge_request', 'gitlab.merge_request.json'],
    ['deployment', 'gitlab.deployment.json'],
    ['build', 'gitlab.job.json'],
    ['pipeline', 'gitlab.pipeline.json'],
  ] as const)
    it(`${kind}: every key of GitLab's example`, async function () {
      const directory = specsDirOrSkip(this);
      const example: unknown = JSON.parse(readFileSync(path.join(directory, 'examples', file), 'utf8'));
      const change = await mergedChange(gitlab);
      await gitlab.person('lee').playJob(change.pipeline.jobs['deploy-production'] ?? 0);
      await receiver.until(() => kinds('deployment').length === 2);
      const told = kinds(kind).filter(
        (hook) => kind !== 'merge_request' || attribute(hook, 'action') === 'merge',
      );
      assert.ok(told.length > 0);
      for (const { body } of told) assert.deepEqual(differences(example, body), []);
    });

  it('asks external status checks, signed, and takes their answer for the head only', async () => {
    await seedCheck({ sharedSecret: 'shared' });
    const { mergeRequest, commits } = await gitlab
      .person('dana')
      .push('part', [{ title: 'One' }], { mergeRequest: { title: 'SHOP-1' } });
    await checker.until(() => checker.received.length === 1);
    const [asked] = checker.received;
    assert.deepEqual(asked?.body['external_approval_rule'], {
      id: 1,
      name: 'Lockkeeper',
      external_url: checker.url,
    });
    assert.equal(
      asked?.headers['x-gitlab-signature'],
      createHmac('sha256', 'shared')
        .update(asked?.raw ?? '')
        .digest('hex'),
    );
    const checks = gitlab.apiAs('jira-bot').ExternalStatusChecks;
    const iid = mergeRequest?.iid ?? 0;
    await assert.rejects(checks.set('shop/web', iid, 'f'.repeat(40), 1, { status: 'passed' }), /409/);
    await assert.rejects(checks.set('shop/web', iid, commits[0] ?? '', 9, { status: 'passed' }), /404/);
    await checks.set('shop/web', iid, commits[0] ?? '', 1, { status: 'failed' });
    assert.equal((await checks.all('shop/web', { mergerequestIId: iid }))[0]?.status, 'failed');
  });

  it('asks again only about a failed check', async () => {
    await seedCheck();
    const { commits } = await gitlab
      .person('dana')
      .push('part', [{ title: 'One' }], { mergeRequest: { title: 'SHOP-1' } });
    const retry = () => gitlab.shop('POST', '/merge_requests/1/status_checks/1/retry', {});
    assert.equal((await retry()).status, 422);
    const answer = { sha: commits[0], external_status_check_id: 1, status: 'failed' };
    assert.equal(
      (await gitlab.shop('POST', '/merge_requests/1/status_check_responses', answer, 'sue')).status,
      403,
    );
    assert.equal((await gitlab.shop('POST', '/merge_requests/1/status_check_responses', answer)).status, 201);
    assert.equal((await retry()).status, 202);
    await checker.until(() => checker.received.length === 2);
    assert.equal((await retry()).status, 422);
  });

  it('takes a check that nobody answers for two minutes as failed', async () => {
    let now = Date.now();
    await gitlab.front.stop();
    gitlab = await startChangeGitlab({ now: () => new Date(now) });
    await seedCheck();
    await gitlab.person('dana').push('part', [{ title: 'One' }], { mergeRequest: { title: 'SHOP-1' } });
    const status = async () =>
      (await gitlab.apiAs('lee').ExternalStatusChecks.all('shop/web', { mergerequestIId: 1 }))[0]?.status;
    assert.equal(await status(), 'pending');
    now += 121_000;
    assert.equal(await status(), 'failed');
  });

  it('keeps jobs waiting while the runners are offline', async () => {
    await gitlab.control('hold-jobs', { on: true });
    const { pipeline } = await gitlab.person('lee').push('main', [{ title: 'Direct' }]);
    await waitFor(gitlab, pipeline?.id ?? 0, 'pending');
    await gitlab.control('hold-jobs', { on: false });
    await waitFor(gitlab, pipeline?.id ?? 0, 'success');
  });
});
