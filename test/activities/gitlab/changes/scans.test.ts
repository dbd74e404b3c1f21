import assert from 'node:assert/strict';
import { maxReportBytes, toFindings } from '../../../../activities/gitlab/changes/scan-reports.ts';
import { toScanState } from '../../../../activities/gitlab/changes/scans.ts';
import { assertFails, vendorFailures } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../../support/loopback.ts';
import {
  changesAt,
  get,
  graphql,
  job,
  pipeline,
  project,
  scanRules,
  sha,
  withShortHttp,
} from './changes-gitlab.ts';

const ended = '2026-10-01T08:00:00.000Z';
const sast = (status = 'success', changed: object = {}) =>
  job(71, 'sast', status, {
    finished_at: '2026-10-01T10:00:00+02:00',
    artifacts: [{ file_type: 'sast', filename: 'gl-sast-report.json' }],
    ...changed,
  });
const report = (...severities: string[]) => ({
  body: JSON.stringify({
    version: '15.2.1',
    vulnerabilities: severities.map((severity) => ({ severity, name: 'x' })),
  }),
});
const absent = { status: 404, body: { message: '404 Not Found' } };
const file = (respond: Respond, id = 71, name = 'gl-sast-report.json') =>
  get(`/jobs/${id}/artifacts/${name}`, respond);
const jobsOf = (id: number, jobs: object[]) => get(`/pipelines/${id}/jobs`, { body: jobs });
const listed = (...pipelines: object[]) => get('/pipelines', { body: pipelines });
const zero = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 };
const findings = (
  nodes: object[],
  after: string | null = null,
  summary: object | null = { vulnerabilitiesCount: 1 },
) =>
  graphql({
    body: {
      data: {
        project: {
          pipeline: {
            securityReportSummary: { sast: summary },
            securityReportFindings: { nodes, pageInfo: { hasNextPage: after !== null, endCursor: after } },
          },
        },
      },
    },
  });

describe('gitlab changes: scans', () => {
  withShortHttp();
  const read = (url: string, required: string[] = ['sast']) =>
    changesAt(url).readScans({ project, sha, rules: { ...scanRules, required } });
  const one = async (url: string, required?: string[]) => (await read(url, required)).scans[0];

  it('counts the findings of the report by severity', () => {
    const body = report('Critical', 'High', 'high', 'Medium', 'Low', 'Info', 'Undefined', '');
    return withLoopback([listed(pipeline(31)), jobsOf(31, [sast()]), file(body)], async (url) => {
      const href = 'https://gitlab.test/shop/web/-/jobs/71';
      const counts = { critical: 1, high: 2, medium: 1, low: 1, info: 1, unknown: 2 };
      assert.deepEqual(await one(url), {
        name: 'sast',
        state: 'passed',
        finishedAt: ended,
        findings: counts,
        href,
      });
    });
  });

  const states: [name: string, expected: Expected[], state: string, finishedAt: string | null][] = [
    ['no pipeline of the SHA', [listed()], 'missing', null],
    ['a pipeline of another SHA', [listed(pipeline(31, { sha: 'f'.repeat(40) }))], 'missing', null],
    [
      'a pipeline without the job',
      [listed(pipeline(31)), jobsOf(31, [job(1, 'build', 'success')])],
      'missing',
      null,
    ],
    [
      'a running job',
      [listed(pipeline(31)), jobsOf(31, [sast('running', { finished_at: null })])],
      'running',
      null,
    ],
    ['a failed job', [listed(pipeline(31)), jobsOf(31, [sast('failed')])], 'failed', ended],
    [
      'a job that waits for somebody',
      [listed(pipeline(31)), jobsOf(31, [sast('manual', { finished_at: null })])],
      'missing',
      null,
    ],
    [
      'one of two analyzers failed',
      [listed(pipeline(31)), jobsOf(31, [sast(), job(72, 'semgrep-sast', 'failed')])],
      'failed',
      ended,
    ],
    [
      'a report that is no JSON',
      [listed(pipeline(31)), jobsOf(31, [sast()]), file({ body: '<html>' })],
      'failed',
      ended,
    ],
    [
      'a report of another form',
      [listed(pipeline(31)), jobsOf(31, [sast()]), file({ body: '{"vulnerabilities":{}}' })],
      'failed',
      ended,
    ],
    [
      'a scan that says that it failed',
      [
        listed(pipeline(31)),
        jobsOf(31, [sast()]),
        file({ body: '{"vulnerabilities":[],"scan":{"status":"failure"}}' }),
      ],
      'failed',
      ended,
    ],
    [
      'no report anywhere',
      [listed(pipeline(31)), jobsOf(31, [sast()]), file(absent), findings([], null, null)],
      'missing',
      ended,
    ],
    [
      'no artifacts, and a GitLab without findings',
      [
        listed(pipeline(31)),
        jobsOf(31, [sast('success', { artifacts: [] })]),
        graphql({ body: { errors: [{ message: "Field 'x' doesn't exist" }] } }),
      ],
      'missing',
      ended,
    ],
  ];
  for (const [name, expected, state, finishedAt] of states)
    it(`${name}: ${state}`, () =>
      withLoopback(expected, async (url) => {
        const found = await one(url);
        assert.deepEqual([found?.state, found?.finishedAt, found?.findings], [state, finishedAt, zero]);
      }));

  it('without the file GitLab’s own findings count, page by page, of this type only', () => {
    const node = (severity: string, reportType = 'SAST') => ({ severity, reportType });
    const pages = [findings([node('HIGH'), node('CRITICAL', 'DAST')], 'next'), findings([node('LOW')])];
    return withLoopback(
      [listed(pipeline(31)), jobsOf(31, [sast()]), file(absent), ...pages],
      async (url, seen) => {
        assert.deepEqual((await one(url))?.findings, { ...zero, high: 1, low: 1 });
        assert.deepEqual((seen.at(-1)?.body as { variables: object }).variables, {
          path: project,
          iid: '31',
          after: 'next',
        });
      },
    );
  });

  it('the newest pipeline that holds the scanner counts, by job, report type or analyzer', () => {
    const secrets = job(73, 'gitleaks', 'success', {
      artifacts: [{ file_type: 'secret_detection', filename: 'gl-secret-detection-report.json' }],
    });
    const expected = [
      listed(pipeline(33), pipeline(32), pipeline(31)),
      jobsOf(33, [secrets]),
      jobsOf(32, [job(72, 'semgrep-sast', 'success', { artifacts: null })]),
      file(report('Low'), 72),
      file(report('High'), 73, 'gl-secret-detection-report.json'),
    ];
    return withLoopback(expected, async (url) => {
      const { scans } = await read(url, ['sast', 'secret_detection']);
      assert.deepEqual(
        scans.map(({ name, state, findings: found }) => [name, state, found.low, found.high]),
        [
          ['sast', 'passed', 1, 0],
          ['secret_detection', 'passed', 0, 1],
        ],
      );
    });
  });

  it('a job of another kind passes by its success', () => {
    const own = job(74, 'licence-check', 'success', { finished_at: ended, artifacts: [] });
    return withLoopback([listed(pipeline(31)), jobsOf(31, [own])], async (url) =>
      assert.equal((await one(url, ['licence-check']))?.state, 'passed'),
    );
  });

  it('nothing required asks nobody', () =>
    withLoopback([], async (url) => assert.deepEqual(await read(url, []), { sha, scans: [] })));

  for (const [name, respond, type] of vendorFailures.filter(([name]) => name !== '404'))
    it(`a report meets ${name}: ${type}, in one request`, () =>
      withLoopback([listed(pipeline(31)), jobsOf(31, [sast()]), file(respond)], async (url) => {
        await assertFails(() => read(url), type, respond);
      }));

  it('folds the states of analyzers to the worst', () => {
    assert.equal(toScanState(['success', 'success']), 'passed');
    assert.equal(toScanState(['success', 'skipped']), 'missing');
    assert.equal(toScanState(['skipped', 'new word']), 'running');
    assert.equal(toScanState(['pending', 'canceled']), 'failed');
    assert.equal(toScanState([]), 'missing');
  });

  it('an inherited name is no severity', () =>
    assert.deepEqual(
      toFindings('{"vulnerabilities":[{"severity":"constructor"},{"severity":"__proto__"}]}'),
      { ...zero, unknown: 2 },
    ));
});

describe('gitlab changes: large reports', () => {
  withShortHttp(20_000);

  it('a report of more than 20 MB has shown nothing', () => {
    const body = `{"vulnerabilities":[${' '.repeat(maxReportBytes)}]}`;
    return withLoopback([listed(pipeline(31)), jobsOf(31, [sast()]), file({ body })], async (url) =>
      assert.equal(
        (await changesAt(url).readScans({ project, sha, rules: scanRules })).scans[0]?.state,
        'failed',
      ),
    );
  });
});
