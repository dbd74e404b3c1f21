import assert from 'node:assert/strict';
import { toJobState, type PlayGuard } from '../../../../activities/gitlab/changes/deploy-job.ts';
import { createFailure } from '../../../../workflows/shared/failures.ts';
import { shaOf } from '../../../../bench/change-history.ts';
import { assertFails, vendorFailures } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../../support/loopback.ts';
import {
  build,
  changesAt,
  execution,
  get,
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
const webUrl = 'https://gitlab.test/shop/web/-/jobs/99';

describe('gitlab changes: playing the deploy job', () => {
  withShortHttp();

  it('asks the guard, reads and plays once', () => {
    const asked: unknown[] = [];
    const guard: PlayGuard = (...all) => (asked.push(all), Promise.resolve({ automatic: false }));
    return withLoopback(
      [shown({ body: deploy('manual') }), ...builds(), play({ body: deploy('pending') })],
      async (url) => {
        assert.deepEqual(await playing(url, guard), { jobId: 99, webUrl, played: true });
        assert.deepEqual(asked, [
          [{ kind: 'play-deploy', build, deployJobId: 99 }, permission({ requestId: 'q' }), execution],
        ]);
      },
    );
  });

  it('what the guard refuses reaches no vendor', () => {
    const guard = () => Promise.reject(createFailure('PolicyViolation', 'no approval'));
    return withLoopback([], async (url) => {
      await assertFails(() => playing(url, guard), 'PolicyViolation');
    });
  });

  for (const status of ['pending', 'running', 'success', 'failed', 'canceled'])
    it(`a job that is ${status} was played already`, () =>
      withLoopback([shown({ body: deploy(status) }), ...builds()], async (url) =>
        assert.deepEqual(await playing(url), { jobId: 99, webUrl, played: false }),
      ));

  const others: [name: string, expected: Expected[]][] = [
    ['another pipeline', [shown({ body: deploy('manual', { pipeline: { id: 32, sha } }) })]],
    ['no pipeline', [shown({ body: deploy('manual', { pipeline: null }) })]],
    ['another commit', [shown({ body: deploy('manual', { pipeline: { id: 31, sha: shaOf(5) } }) })]],
    ['another branch', [shown({ body: deploy('manual', { ref: 'main2' }) })]],
    ['the build job itself', [shown({ body: job(99, 'build', 'manual') })]],
    ['a pipeline without the build job', [shown({ body: deploy('manual') }), ...builds([])]],
    [
      'a pipeline that is gone',
      [shown({ body: deploy('manual') }), get('/pipelines/31', { status: 404, body: {} })],
    ],
    [
      'a build of another commit',
      [shown({ body: deploy('manual') }), ...builds(undefined, { sha: shaOf(5) })],
    ],
  ];
  for (const [name, expected] of others)
    it(`${name} is not played`, () =>
      withLoopback(expected, async (url) => {
        await assertFails(() => playing(url), 'PolicyViolation');
      }));

  it('a build number that is not the pipeline is not played', () => {
    const other = { ...permission({ requestId: 'q' }), build: { ...build, build: '30' } };
    return withLoopback([shown({ body: deploy('manual') })], async (url) => {
      const run = () =>
        changesAt(url).playDeployJob({ pipelineId: 31, jobId: 99, permission: other }, execution);
      assert.match(
        (await assertFails(run, 'PolicyViolation')).message,
        /the pipeline is not what was approved/,
      );
    });
  });

  it('a skipped job is a conflict; one that waits for earlier stages is tried again', async () => {
    for (const [status, type] of [
      ['skipped', 'Conflict'],
      ['created', 'Unavailable'],
    ] as const)
      await withLoopback([shown({ body: deploy(status) }), ...builds()], async (url) => {
        await assertFails(() => playing(url), type);
      });
  });

  const doubtful: [name: string, respond: Respond][] = [
    ['a lost answer', 'lost'],
    ['no answer', 'hang'],
    ['500', { status: 500, body: '' }],
    ['“unplayable”', { status: 400, body: { message: '400 Bad request - Unplayable Job' } }],
    ['403', { status: 403, body: { message: '403 Forbidden' } }],
  ];
  for (const [name, respond] of doubtful)
    it(`${name}: looks again, and a job that runs is success`, () =>
      withLoopback(
        [shown({ body: deploy('manual') }), ...builds(), play(respond), shown({ body: deploy('running') })],
        async (url) => assert.equal((await playing(url)).played, true),
      ));

  for (const [name, respond, type] of vendorFailures) {
    const again = ['401', '404', '429'].includes(name) ? [] : [shown({ body: deploy('manual') })];
    it(`playing meets ${name}: ${type}, one play, ${again.length ? 'looked at again' : 'nothing more'}`, () =>
      withLoopback([shown({ body: deploy('manual') }), ...builds(), play(respond), ...again], async (url) => {
        await assertFails(() => playing(url), type, respond);
      }));
    it(`reading the job meets ${name}: ${type}, nothing is played`, () =>
      withLoopback([shown(respond)], async (url) => {
        await assertFails(() => playing(url), type, respond);
      }));
  }

  it('a repeat after a lost answer finds it played', () =>
    withLoopback(
      [
        shown({ body: deploy('manual') }),
        ...builds(),
        play('lost'),
        shown('lost'),
        shown({ body: deploy('running') }),
        ...builds(),
      ],
      async (url) => {
        await assertFails(() => playing(url), 'Unavailable');
        assert.equal((await playing(url)).played, false);
      },
    ));
});

describe('gitlab changes: reading the deploy job', () => {
  withShortHttp();
  const words = {
    waiting: ['created', 'manual', 'scheduled', 'pending', 'preparing', 'waiting_for_resource'],
    running: ['running', 'canceling', 'new word'],
    success: ['success'],
    failed: ['failed', 'skipped'],
    canceled: ['canceled'],
  };
  for (const [state, all] of Object.entries(words))
    it(`folds ${all.join(', ')} to ${state}`, () =>
      assert.deepEqual(
        all.map(toJobState),
        all.map(() => state),
      ));

  it('tells the job’s word, its page and its times in UTC', () =>
    withLoopback(
      [shown({ body: deploy('success', { started_at: '2026-10-01T10:00:00+02:00', web_url: null }) })],
      async (url) =>
        assert.deepEqual(await changesAt(url).readJob({ project: 'shop/web', jobId: 99 }), {
          state: 'success',
          status: 'success',
          webUrl: `${url}/shop/web/-/jobs/99`,
          startedAt: '2026-10-01T08:00:00.000Z',
          finishedAt: null,
        }),
    ));
});
