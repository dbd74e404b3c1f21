import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createGitlabChangesActivities } from '../../../../activities/gitlab/changes/activities.ts';
import { openCursor } from '../../../../activities/gitlab/changes/review-cursor.ts';
import { createHistory } from '../../../../bench/change-history.ts';
import { assertFails } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type SeenRequest } from '../../../support/loopback.ts';
import { changesAt, get, graphql, project, rules, withShortHttp } from './changes-gitlab.ts';

const history = createHistory({ mergeRequests: 30, commitsEach: 2 });
const input = { project, from: history.from, to: history.to, rules };
const respond = (request: SeenRequest) => ({ body: history.answer(request) ?? {} });
const lists = [get('/repository/commits', respond), get('/merge_requests', respond)];
const approvals = (from: number, to: number): Expected[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    get(`/merge_requests/${from + index}/approvals`, respond),
  );

function tryOnce(url: string, heartbeatDetails?: unknown) {
  const environment = new MockActivityEnvironment(
    { heartbeatDetails },
    { logger: new DefaultLogger('ERROR') },
  );
  let told: unknown;
  environment.on('heartbeat', (details: unknown) => (told = details));
  const activities = createGitlabChangesActivities(changesAt(url));
  return {
    run: (): ReturnType<typeof activities.reviewCode> => environment.run(() => activities.reviewCode(input)),
    told: () => told,
  };
}

describe('gitlab changes: cursor', () => {
  withShortHttp();

  it('goes on after a throttle where it stood, and asks nothing twice', async () => {
    const throttled = { status: 429, headers: { 'retry-after': '7' }, body: 'Retry later' };
    const last = get('/merge_requests/1/approvals', throttled);
    const first = [...lists, graphql(respond), graphql(respond), ...approvals(2, 30), last];
    let details: unknown;
    await withLoopback(first, async (url) => {
      const { run, told } = tryOnce(url);
      await assertFails(run, 'RateLimited', throttled);
      details = told();
    });
    await withLoopback([...lists, ...approvals(1, 1)], async (url) => {
      const { reviewed } = await tryOnce(url, details).run();
      assert.equal(reviewed, 60);
    });
  });

  const now = 1_000_000_000;
  const range = { project, from: null, to: history.to };
  const saved = {
    range: `${project} ..${history.to}`,
    at: now - 60_000,
    approvals: [[1, [{ user: 'sue', at: null }]]],
    pushes: [[1, null]],
  };
  const carried: [name: string, details: unknown, kept: number][] = [
    ['of the same range', saved, 1],
    ['of another range', { ...saved, range: 'shop/other' }, 0],
    ['that is old', { ...saved, at: now - 11 * 60_000 }, 0],
    ['from the future', { ...saved, at: now + 1 }, 0],
    ['of another form', { ...saved, approvals: 'all' }, 0],
    ['that is not there', undefined, 0],
  ];
  for (const [name, details, kept] of carried)
    it(`a cursor ${name}: ${kept ? 'kept' : 'forgotten'}`, () => {
      const { approvals: found } = openCursor(range, { carried: details, heartbeat: () => undefined }, now);
      assert.equal(found.size, kept);
    });

  it('a heartbeat stays small, however much is known', () => {
    let size = 0;
    const heartbeat = (details: unknown) => (size = JSON.stringify(details).length);
    const cursor = openCursor(range, { carried: undefined, heartbeat }, now);
    const pushes = Array.from({ length: 100 }, () => ({
      user: 'dev',
      bot: false,
      at: '2026-10-01T06:00:00.000Z',
    }));
    for (let iid = 1; iid <= 5000; iid += 1) cursor.pushes.set(iid, pushes);
    cursor.flush();
    assert.ok(size > 200_000 && size < 400_000, `${size} characters`);
  });
});
