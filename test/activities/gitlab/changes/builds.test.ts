import assert from 'node:assert/strict';
import { assertFails, vendorFailures } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected } from '../../../support/loopback.ts';
import { build, changesAt, get, job, pipeline, sha, withShortHttp } from './changes-gitlab.ts';

const absent = { status: 404, body: { message: '404 Not Found' } };
const jobsOf = (id: number, jobs: object[]) => get(`/pipelines/${id}/jobs`, { body: jobs });
const listed = (...pipelines: object[]) => get('/pipelines', { body: pipelines });

describe('gitlab changes: builds', () => {
  withShortHttp();
  const read = (url: string, pipelineId: number | null = 31) =>
    changesAt(url).readBuild({ build, pipelineId });

  it('reads the named pipeline, its build job and who triggered it', () => {
    const expected = [
      get('/pipelines/31', { body: pipeline(31) }),
      jobsOf(31, [job(1, 'test', 'running'), job(2, 'build', 'success')]),
    ];
    return withLoopback(expected, async (url) =>
      assert.deepEqual(await read(url), {
        found: true,
        sha,
        branch: 'main',
        buildJob: 'build',
        buildStatus: 'success',
        href: 'https://gitlab.test/shop/web/-/jobs/2',
        triggeredBy: 'gitlab:dev',
      }),
    );
  });

  it('without a pipeline the newest of the SHA is it', () => {
    const expected = [listed(pipeline(32)), get('/pipelines/32', { body: pipeline(32) }), jobsOf(32, [])];
    return withLoopback(expected, async (url, seen) => {
      const found = await read(url, null);
      assert.deepEqual([found.found, found.sha, found.buildJob, found.buildStatus], [false, sha, null, null]);
      assert.deepEqual(Object.fromEntries(seen[0]?.query ?? []), {
        sha,
        order_by: 'id',
        sort: 'desc',
        per_page: '1',
        page: '1',
      });
    });
  });

  it('finds the job on the second page', () => {
    const many = Array.from({ length: 100 }, (_, index) => job(index + 1, `unit ${index}`, 'success'));
    const expected = [
      get('/pipelines/31', { body: pipeline(31, { user: null }) }),
      jobsOf(31, many),
      jobsOf(31, [job(101, 'build', 'failed')]),
    ];
    return withLoopback(expected, async (url) => {
      const found = await read(url);
      assert.deepEqual([found.buildStatus, found.triggeredBy], ['failed', null]);
    });
  });

  const nothing: [name: string, expected: Expected[], id: number | null][] = [
    ['no such pipeline', [get('/pipelines/31', absent)], 31],
    ['no pipeline of the SHA', [listed()], null],
  ];
  for (const [name, expected, id] of nothing)
    it(`${name}: nothing found, no error`, () =>
      withLoopback(expected, async (url) => assert.equal((await read(url, id)).found, false)));

  for (const [name, respond, type] of vendorFailures.filter(([name]) => name !== '404'))
    it(`${name}: ${type}, in one request`, () =>
      withLoopback([get('/pipelines/31', respond)], async (url) => {
        await assertFails(() => read(url), type, respond);
      }));
});
