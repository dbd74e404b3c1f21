import assert from 'node:assert/strict';
import { assertFails, vendorFailures } from '../../../support/failing-vendor.ts';
import { withLoopback, type Respond } from '../../../support/loopback.ts';
import { shaOf } from '../../../../bench/change-history.ts';
import { changesAt, get, post, project, sha, withShortHttp } from './changes-gitlab.ts';

const status = {
  project,
  sha,
  name: 'lockkeeper/production',
  state: 'pending',
  description: 'PRODCM-1 waits',
  targetUrl: 'https://run.test/1',
} as const;
const set = (respond: Respond) => post(`/statuses/${sha}`, respond);
const refusal = (from: string) => ({
  status: 400,
  body: {
    message: `Cannot transition status via :enqueue from :${from} (Reason(s): Status cannot transition via "enqueue")`,
  },
});

describe('gitlab changes: commit statuses', () => {
  withShortHttp();

  it('sets one, in one line of at most 255 characters', () => {
    const description = `PRODCM-1\n\u202e${'x'.repeat(500)}`;
    return withLoopback([set({ status: 201, body: { id: 1 } })], async (url, seen) => {
      await changesAt(url).setCommitStatus({ ...status, description });
      const { description: sent, ...rest } = seen[0]?.body as { description: string };
      assert.deepEqual(rest, { state: 'pending', name: status.name, target_url: status.targetUrl });
      assert.match(sent, /^PRODCM-1 x{245}…$/);
    });
  });

  it('a state that stands already is success, another one is not', async () => {
    await withLoopback([set(refusal('pending'))], (url) => changesAt(url).setCommitStatus(status));
    await withLoopback([set(refusal('running'))], async (url) => {
      await assertFails(() => changesAt(url).setCommitStatus(status), 'InvalidInput');
    });
  });

  for (const [name, respond, type] of vendorFailures) {
    const expected = type === 'Conflict' ? 'Unavailable' : type;
    it(`${name}: ${expected}, in one request`, () =>
      withLoopback([set(respond)], async (url) => {
        await assertFails(() => changesAt(url).setCommitStatus(status), expected, respond);
      }));
  }
});

describe('gitlab changes: external status checks', () => {
  withShortHttp();
  const answer = (url: string) =>
    changesAt(url).answerStatusCheck({ project, mergeRequest: 7, sha, checkId: 3, passed: false });
  const responses = (respond: Respond) => post('/merge_requests/7/status_check_responses', respond);

  it('answers', () =>
    withLoopback([responses({ status: 201, body: { id: 1 } })], async (url, seen) => {
      assert.deepEqual(await answer(url), { answered: true });
      assert.deepEqual(seen[0]?.body, { sha, external_status_check_id: 3, status: 'failed' });
    }));

  for (const [name, respond, type] of vendorFailures)
    if (['PermissionDenied', 'NotFound', 'Conflict'].includes(type))
      it(`${name}: nobody to answer here`, () =>
        withLoopback([responses(respond)], async (url) =>
          assert.deepEqual(await answer(url), { answered: false }),
        ));
    else
      it(`${name}: ${type}, in one request`, () =>
        withLoopback([responses(respond)], async (url) => {
          await assertFails(() => answer(url), type, respond);
        }));

  const open = (respond: Respond) => get(`/repository/commits/${sha}/merge_requests`, respond);
  const row = (iid: number, head: string) => ({ iid, title: 'x', source_branch: 'x', sha: head });
  const checks = (iid: number, respond: Respond) => get(`/merge_requests/${iid}/status_checks`, respond);
  const retry = (check: number, respond: Respond) =>
    post(`/merge_requests/7/status_checks/${check}/retry`, respond);
  const retried = (url: string) => changesAt(url).retryStatusChecks({ project, sha });

  it('retries the failed checks of the merge requests whose head the SHA is', () => {
    const states = ['failed', 'passed', 'failed', 'pending', 'failed'].map((state, index) => ({
      id: index + 1,
      status: state,
    }));
    const expected = [
      open({ body: [row(7, sha), row(8, shaOf(5))] }),
      checks(7, { body: states }),
      retry(1, { status: 202, body: { message: '202 Accepted' } }),
      retry(3, { status: 422, body: { message: 'not failed' } }),
      retry(5, { status: 202, body: {} }),
    ];
    return withLoopback(expected, async (url, seen) => {
      assert.deepEqual(await retried(url), { retried: 2 });
      assert.equal(seen[0]?.query.get('state'), 'opened');
    });
  });

  it('retries nothing where GitLab has no status checks', async () => {
    const absent = { status: 404, body: { message: '404 Not Found' } };
    await withLoopback([open(absent)], async (url) => assert.deepEqual(await retried(url), { retried: 0 }));
    await withLoopback([open({ body: [row(7, sha)] }), checks(7, absent)], async (url) =>
      assert.deepEqual(await retried(url), { retried: 0 }),
    );
  });

  for (const [name, respond, type] of vendorFailures.filter(([name]) => !['403', '404'].includes(name)))
    it(`retrying meets ${name}: ${type}`, () =>
      withLoopback([open(respond)], async (url) => {
        await assertFails(() => retried(url), type, respond);
      }));
});
