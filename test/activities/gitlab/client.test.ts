import assert from 'node:assert/strict';
import { createGitlabClient, toPipelineState } from '../../../activities/gitlab/client.ts';
import { toTraceTail } from '../../../activities/gitlab/trace.ts';
import { installHttp } from '../../../activities/http.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';

const root = '/api/v4/projects/devops%2Fagent';
const key = 'agent-promotion:acme:10024/7/pipeline';
const order = { key, variables: { AGENT_VERSION: '1.4.2' } };
const shown = (id: number, status = 'created') => ({
  id,
  status,
  web_url: `https://gitlab.test/-/pipelines/${id}`,
});

const gitlabAt = (baseUrl: string) =>
  createGitlabClient({
    baseUrl,
    token: 'canary-token',
    project: 'devops/agent',
    ref: 'main',
    callsPerSecond: 1000,
  });
const get = (path: string, respond: Respond): Expected => ({
  method: 'GET',
  path: `${root}${path}`,
  respond,
});
const post = (path: string, respond: Respond): Expected => ({
  method: 'POST',
  path: `${root}${path}`,
  respond,
});
const variables = (id: number, value: string) =>
  get(`/pipelines/${id}/variables`, { body: [{ variable_type: 'env_var', key: 'LOCKKEEPER_RUN', value }] });

describe('gitlab client: pipelines', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('creates one with its key, without a look when there was no try before', () =>
    withLoopback([post('/pipeline', { status: 201, body: shown(5) })], async (url, seen) => {
      const made = await gitlabAt(url).ensurePipeline({ ...order, lookFirst: false });
      assert.deepEqual(made, { pipelineId: 5, webUrl: shown(5).web_url, adopted: false });
      const expected = [
        { key: 'AGENT_VERSION', value: '1.4.2' },
        { key: 'LOCKKEEPER_RUN', value: key },
      ];
      assert.deepEqual(seen[0]?.body, { ref: 'main', variables: expected });
      assert.equal(seen[0]?.headers['private-token'], 'canary-token');
    }));

  it('makes one pipeline when the answer is lost', () => {
    const list = get('/pipelines', { body: [shown(6), shown(5), shown(4)] });
    const expected = [post('/pipeline', 'lost'), list, variables(6, 'other'), variables(5, key)];
    return withLoopback(expected, async (url, seen) => {
      const gitlab = gitlabAt(url);
      await assertFails(() => gitlab.ensurePipeline({ ...order, lookFirst: false }), 'Unavailable');
      const found = await gitlab.ensurePipeline({ ...order, lookFirst: true });
      assert.deepEqual([found.pipelineId, found.adopted], [5, true]);
      const query = Object.fromEntries(seen[1]?.query ?? []);
      assert.deepEqual(query, {
        ref: 'main',
        source: 'api',
        order_by: 'id',
        sort: 'desc',
        per_page: '20',
        page: '1',
      });
    });
  });

  it('creates one when nobody’s pipeline has the key, also where it may not look', () => {
    const list = get('/pipelines', { body: [shown(6), shown(5)] });
    const hidden = get('/pipelines/6/variables', { status: 403, body: { message: '403 Forbidden' } });
    const create = post('/pipeline', { status: 201, body: shown(7) });
    return withLoopback([list, hidden, variables(5, `${key}x`), create], async (url) =>
      assert.equal((await gitlabAt(url).ensurePipeline(order)).adopted, false),
    );
  });

  it('says in GitLab’s words why a pipeline was refused', () => {
    const body = { message: { base: ['Reference not found'] } };
    return withLoopback([post('/pipeline', { status: 400, body })], async (url) => {
      const create = () => gitlabAt(url).ensurePipeline({ ...order, lookFirst: false });
      assert.match((await assertFails(create, 'InvalidInput')).message, /Reference not found/);
    });
  });

  for (const [name, respond, type] of vendorFailures) {
    it(`creating meets ${name}: ${type}, in one request`, () =>
      withLoopback([post('/pipeline', respond)], async (url) => {
        await assertFails(() => gitlabAt(url).ensurePipeline({ ...order, lookFirst: false }), type, respond);
      }));
    it(`reading meets ${name}: ${type}, in one request`, () =>
      withLoopback([get('/pipelines/5', respond)], async (url) => {
        await assertFails(() => gitlabAt(url).readPipeline({ pipelineId: 5 }), type, respond);
      }));
  }

  it('reads a pipeline, its jobs and the end of a failed job’s trace', () => {
    const job = (id: number, status: string) => ({
      id,
      name: `job-${id}`,
      status,
      web_url: `https://gitlab.test/-/jobs/${id}`,
    });
    const trace = {
      headers: { 'content-type': 'text/plain' },
      body: `${'x'.repeat(200_000)}\n\u001b[31mERROR\u001b[0m: no\n`,
    };
    const expected = [
      get('/pipelines/5', { body: shown(5, 'failed') }),
      get('/pipelines/5/jobs', { body: [job(1, 'success'), job(2, 'failed'), job(3, 'failed')] }),
      get('/jobs/2/trace', trace),
      get('/jobs/3/trace', { status: 404, body: { message: '404 Not Found' } }),
    ];
    return withLoopback(expected, async (url) => {
      const { state, jobs } = await gitlabAt(url).readPipeline({ pipelineId: 5 });
      assert.equal(state, 'failed');
      assert.deepEqual(
        jobs.map(({ name, status }) => `${name} ${status}`),
        ['job-1 success', 'job-2 failed', 'job-3 failed'],
      );
      assert.equal(jobs[0]?.traceTail, '');
      assert.match(String(jobs[1]?.traceTail), /ERROR: no$/);
      assert.ok(Number(jobs[1]?.traceTail.length) <= 2_000);
      assert.equal(jobs[2]?.traceTail, '');
    });
  });

  it('calls an answer of another shape unsupported', () =>
    withLoopback([get('/pipelines/5', { body: '<html>sign in</html>' })], async (url) => {
      await assertFails(() => gitlabAt(url).readPipeline({ pipelineId: 5 }), 'UnsupportedResponse');
    }));

  it('cancels', () =>
    withLoopback([post('/pipelines/5/cancel', { body: shown(5, 'canceling') })], (url) =>
      gitlabAt(url).cancelPipeline({ pipelineId: 5 }),
    ));

  it('a refused cancel of a pipeline that has ended is success, of a running one it is not', async () => {
    const refused = post('/pipelines/5/cancel', { status: 422, body: { message: 'cannot be canceled' } });
    await withLoopback([refused, get('/pipelines/5', { body: shown(5, 'success') })], (url) =>
      gitlabAt(url).cancelPipeline({ pipelineId: 5 }),
    );
    await withLoopback([refused, get('/pipelines/5', { body: shown(5, 'running') })], async (url) => {
      await assertFails(() => gitlabAt(url).cancelPipeline({ pipelineId: 5 }), 'InvalidInput');
    });
  });
});

describe('gitlab', () => {
  const states = {
    running: [
      'created',
      'waiting_for_resource',
      'preparing',
      'pending',
      'running',
      'manual',
      'scheduled',
      'canceling',
      'new word',
    ],
    success: ['success'],
    failed: ['failed', 'skipped'],
    canceled: ['canceled'],
  };
  for (const [state, words] of Object.entries(states))
    it(`folds ${words.join(', ')} to ${state}`, () =>
      assert.deepEqual(
        words.map(toPipelineState),
        words.map(() => state),
      ));

  it('shows the end of a trace from the start of a line, without codes, marks and secrets', () => {
    const trace = 'section_start:1:a\r\u001b[0K$ run\nsection_end:2:a\r\u001b[0K\u0007TOKEN=canary\r\ndone\n';
    assert.equal(toTraceTail(trace), '$ run\nTOKEN=[redacted]\ndone');
    const lines = Array.from({ length: 500 }, (_, n) => `line ${n}`).join('\n');
    assert.match(toTraceTail(lines), /^line \d+\n[^]*line 499$/);
    assert.ok(toTraceTail('😀'.repeat(3000)).length <= 2_000);
  });
});
