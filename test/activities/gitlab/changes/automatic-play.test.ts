import assert from 'node:assert/strict';
import { type PlayGuard } from '../../../../activities/gitlab/changes/deploy-job.ts';
import { shaOf } from '../../../../bench/change-history.ts';
import { assertFails } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../../support/loopback.ts';
import {
  allowing,
  changesAt,
  execution,
  get,
  graphql,
  job,
  permission,
  pipeline,
  post,
  sha,
  withShortHttp,
} from './changes-gitlab.ts';

const deploy = (status: string, changed: object = {}) => job(99, 'deploy', status, changed);
const shown = (respond: Respond) => get('/jobs/99', respond);
const builds = (built: object[] = [job(2, 'build', 'success')], changed: object = {}) => [
  get('/pipelines/31', { body: pipeline(31, changed) }),
  get('/pipelines/31/jobs', { body: built }),
];
const play = (respond: Respond) => post('/jobs/99/play', respond);
const playing = (url: string, guard?: PlayGuard, grant: object | null = { requestId: 'q' }) =>
  changesAt(url, guard).playDeployJob(
    { pipelineId: 31, jobId: 99, permission: permission(grant) },
    execution,
  );

describe('gitlab changes: playing without a person', () => {
  withShortHttp();
  const deployed = shaOf(1);
  const reviewed = {
    id: sha,
    parent_ids: [deployed],
    title: 'Work',
    message: 'Work\n',
    author_email: 'dev@example.com',
    committer_email: 'dev@example.com',
    committed_date: '2026-10-01T08:00:00Z',
  };
  const request = {
    iid: 1,
    title: 'Work',
    source_branch: 'work',
    author: { username: 'dev' },
    merged_at: '2026-10-01T08:00:00Z',
    sha,
  };
  const nodes = (node: object) =>
    graphql({ body: { data: { project: { mergeRequests: { nodes: [{ iid: '1', ...node }] } } } } });
  const scanned = (severity = 'Low', changed: object = {}) => [
    get('/pipelines', { body: [pipeline(31)] }),
    get('/pipelines/31/jobs', {
      body: [
        job(71, 'sast', 'success', { finished_at: new Date(Date.now() - 1000).toISOString(), ...changed }),
      ],
    }),
    get('/jobs/71/artifacts/gl-sast-report.json', {
      body: `{"vulnerabilities":[{"severity":"${severity}"}]}`,
    }),
  ];
  const review = (approver = 'sue', parent = deployed) => [
    get('/deployments', { body: [{ id: 5, sha: deployed }] }),
    get('/repository/commits', { body: [{ ...reviewed, parent_ids: [parent] }] }),
    get('/merge_requests', { body: [request] }),
    nodes({ notes: { nodes: [], pageInfo: { hasNextPage: false } } }),
    get('/merge_requests/1/approvals', {
      body: { approved_by: [{ user: { username: approver }, approved_at: '2026-10-01T07:00:00Z' }] },
    }),
    nodes({ diffRefs: { baseSha: parent } }),
  ];
  const start = [shown({ body: deploy('manual') }), ...builds(), ...builds()];

  it('analyses again by itself and plays what has no finding', () =>
    withLoopback(
      [...start, ...review(), ...scanned(), play({ body: deploy('pending') })],
      async (url, seen) => {
        assert.equal((await playing(url, allowing(true), null)).played, true);
        const asked = seen.find(({ path }) => path.endsWith('/deployments'))?.query;
        assert.deepEqual(Object.fromEntries(asked ?? []), {
          environment: 'production',
          status: 'success',
          order_by: 'id',
          sort: 'desc',
          per_page: '1',
          page: '1',
        });
      },
    ));

  const refused: [name: string, expected: Expected[], said: RegExp][] = [
    ['an unreviewed commit', [...review('dev'), ...scanned()], /1 commits need a person: self-approved/],
    ['a roll-back', [...review('sue', shaOf(9)), ...scanned()], /no ancestor/],
    ['a blocking finding', [...review(), ...scanned('High')], /scan sast has 1 high findings/],
    [
      'an old scan',
      [...review(), ...scanned('Low', { finished_at: '2020-01-01T00:00:00Z' })],
      /older than 72 hours/,
    ],
    ['no scan', [...review(), get('/pipelines', { body: [] })], /scan sast is missing/],
    ['a first deploy', [get('/deployments', { body: [] })], /no deployment to production/],
    [
      'an environment that GitLab does not know',
      [get('/deployments', { status: 404, body: {} })],
      /no deployment/,
    ],
  ];
  for (const [name, expected, said] of refused)
    it(`${name} needs a person`, () =>
      withLoopback([...start, ...expected], async (url) => {
        assert.match(
          (await assertFails(() => playing(url, allowing(true), null), 'PolicyViolation')).message,
          said,
        );
      }));

  it('a build that did not succeed needs a person, whatever the guard says of the grant', () => {
    const failed = builds([job(2, 'build', 'failed')]);
    return withLoopback([shown({ body: deploy('manual') }), ...failed, ...failed], async (url) => {
      await assertFails(() => playing(url, allowing(false), null), 'PolicyViolation');
    });
  });
});
