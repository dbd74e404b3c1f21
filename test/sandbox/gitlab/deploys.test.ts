import assert from 'node:assert/strict';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { mergedChange, startChangeGitlab, waitFor, type ChangeGitlab } from './change-fixture.ts';

describe('GitLab stand-in: scans, deploys and ID tokens of shop/web', () => {
  let gitlab: ChangeGitlab;
  let change: Awaited<ReturnType<typeof mergedChange>>;
  beforeEach(async () => {
    gitlab = await startChangeGitlab();
    change = await mergedChange(gitlab);
  });
  afterEach(() => gitlab.front.stop());

  const jobId = (name: string) => change.pipeline.jobs[name] ?? 0;
  const deploy = () => jobId('deploy-production');
  async function statuses(): Promise<Record<string, string>> {
    const jobs = await gitlab.person('dana').jobs(change.pipeline.id);
    return Object.fromEntries(jobs.map(({ name, status }) => [name, status]));
  }

  it('runs the pipeline of a merge up to the manual job, which does not hold it up', async () => {
    const done = {
      build: 'success',
      sast: 'success',
      secret_detection: 'success',
      'deploy-production': 'manual',
    };
    assert.deepEqual(await statuses(), done);
    const found = await gitlab.apiAs('jira-bot').Pipelines.all('shop/web', { sha: change.sha });
    assert.deepEqual(
      found.map(({ status, source }) => [status, source]),
      [['success', 'push']],
    );
  });

  it('lets only maintainers play the job of a protected environment', async () => {
    for (const name of ['dana', 'sue']) await assert.rejects(gitlab.person(name).playJob(deploy()), /403/);
    assert.equal((await gitlab.person('jira-bot').playJob(deploy())).status, 'pending');
    await waitFor(gitlab, change.pipeline.id, 'success');
    const [deployment] = await gitlab.apiAs('lee').Deployments.all('shop/web', { environment: 'production' });
    assert.deepEqual(
      [deployment?.status, deployment?.sha, deployment?.user.username],
      ['success', change.sha, 'jira-bot'],
    );
  });

  it('refuses to play what runs or is no manual job, and plays an ended one as a new job', async () => {
    await gitlab.control('job', { job: 'deploy-production', status: 'running' });
    await gitlab.person('lee').playJob(deploy());
    await assert.rejects(gitlab.person('lee').playJob(deploy()), /400 .*Unplayable Job/);
    await assert.rejects(gitlab.person('lee').playJob(jobId('build')), /400 .*Unplayable Job/);
    await gitlab.control('job', { pipeline: change.pipeline.id, job: 'deploy-production', status: 'failed' });
    assert.equal((await gitlab.person('lee').readJob(deploy())).status, 'failed');
    assert.notEqual((await gitlab.person('lee').playJob(deploy())).id, deploy());
  });

  it('leaves reports that say when the scan ended and what it found', async () => {
    const findings = [
      { severity: 'Critical', name: 'SQL injection' },
      { severity: 'Low', name: 'Old', dismissed: true },
    ];
    await gitlab.control('job', { pipeline: change.pipeline.id, job: 'sast', status: 'success', findings });
    const { body } = await gitlab.shop('GET', `/jobs/${jobId('sast')}/artifacts/gl-sast-report.json`);
    const report = body as { scan: Record<string, string>; vulnerabilities: { severity: string }[] };
    assert.deepEqual(
      report.vulnerabilities.map(({ severity }) => severity),
      ['Critical', 'Low'],
    );
    assert.deepEqual([report.scan['status'], report.scan['type']], ['success', 'sast']);
    assert.match(report.scan['end_time'] ?? '', /^\d{4}-\d\d-\d\dT[\d:]{8}$/);
    const listed = (query: string) =>
      gitlab.shop('GET', `/vulnerability_findings?pipeline_id=${change.pipeline.id}${query}`);
    assert.deepEqual(
      ((await listed('')).body as { severity: string }[]).map(({ severity }) => severity),
      ['critical'],
    );
    assert.equal(((await listed('&scope=all')).body as unknown[]).length, 2);
  });

  it('answers the findings by GraphQL, without dismissed ones and without types that have no report', async () => {
    const findings = [{ severity: 'High' }, { severity: 'Low', dismissed: true }];
    await gitlab.control('job', { pipeline: change.pipeline.id, job: 'sast', status: 'success', findings });
    await gitlab.control('job', {
      pipeline: change.pipeline.id,
      job: 'secret_detection',
      status: 'success',
      report: null,
    });
    const query =
      'query($p:ID!,$i:ID!){project(fullPath:$p){pipeline(iid:$i){securityReportSummary{sast{vulnerabilitiesCount} secretDetection{vulnerabilitiesCount}} securityReportFindings(first:100){nodes{uuid title severity state reportType scanner{externalId name} identifiers{externalType externalId name} solution description falsePositive} pageInfo{hasNextPage endCursor}}}}}';
    const { data } = await gitlab.graphql(query, { p: 'shop/web', i: String(change.pipeline.iid) });
    const { pipeline } = (
      data as unknown as {
        project: {
          pipeline: {
            securityReportSummary: object;
            securityReportFindings: { nodes: Record<string, string>[] };
          };
        };
      }
    ).project;
    assert.deepEqual(pipeline.securityReportSummary, {
      sast: { vulnerabilitiesCount: 2 },
      secretDetection: null,
    });
    const shown = pipeline.securityReportFindings.nodes.map(({ severity, reportType, state }) => [
      severity,
      reportType,
      state,
    ]);
    assert.deepEqual(shown, [['HIGH', 'SAST', 'DETECTED']]);
  });

  it('fails a scan, which keeps the deploy from waiting, and mends it', async () => {
    await gitlab.control('job', { job: 'sast', status: 'failed' });
    const { pipeline } = await gitlab.person('lee').push('main', [{ title: 'Direct' }]);
    const id = pipeline?.id ?? 0;
    await waitFor(gitlab, id, 'failed');
    const jobs = await gitlab.person('lee').jobs(id);
    assert.equal(jobs.find(({ name }) => name === 'deploy-production')?.status, 'skipped');
    await gitlab.control('job', { pipeline: id, job: 'sast', status: 'success' });
    await waitFor(gitlab, id, 'success');
  });

  it('issues ID tokens that verify by discovery, with the claims of the job', async () => {
    const { url } = gitlab.front;
    const token = await gitlab.person('dana').idToken(change.pipeline.id, 'deploy-production', 'lockkeeper');
    const configuration = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as {
      issuer: string;
      jwks_uri: string;
    };
    const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
    const { payload } = await jwtVerify(token, keys, {
      issuer: url,
      audience: 'lockkeeper',
      algorithms: ['RS256'],
    });
    assert.equal(configuration.issuer, url);
    const claims = {
      sub: 'project_path:shop/web:ref_type:branch:ref:main',
      project_id: '52',
      project_path: 'shop/web',
    };
    const job = {
      pipeline_id: String(change.pipeline.id),
      job_id: String(deploy()),
      sha: change.sha,
      ref: 'main',
    };
    const deploys = {
      environment: 'production',
      environment_protected: 'true',
      deployment_tier: 'production',
    };
    const wanted = {
      ...claims,
      ...job,
      ...deploys,
      ref_protected: 'true',
      user_login: 'dana',
      namespace_path: 'shop',
      runner_environment: 'self-hosted',
    };
    for (const [name, value] of Object.entries(wanted)) assert.equal(payload[name], value, name);
    assert.equal(
      payload['ci_config_ref_uri'],
      `${new URL(url).host}/shop/web//.gitlab-ci.yml@refs/heads/main`,
    );
  });

  it('issues tokens that a verifier must refuse', async () => {
    const { url } = gitlab.front;
    const keys = createRemoteJWKSet(new URL(`${url}/oauth/discovery/keys`));
    const given = { pipeline: change.pipeline.id, job: 'build', aud: 'lockkeeper' };
    for (const [input, message] of [
      [{ expiresIn: -120 }, /exp/],
      [{ issuer: 'https://gitlab.elsewhere.example' }, /iss/],
      [{ claims: { aud: 'other' } }, /aud/],
    ] as const) {
      const { token } = (await gitlab.control('id-token', { ...given, ...input })) as { token: string };
      await assert.rejects(jwtVerify(token, keys, { issuer: url, audience: 'lockkeeper' }), message);
    }
  });

  const throttles: Record<string, [fault: object, retryAfter: string | null, body: RegExp]> = {
    'all headers and a text': [
      {
        headers: {
          'retry-after': '30',
          'ratelimit-limit': '2000',
          'ratelimit-remaining': '0',
          'ratelimit-reset': '1793785000',
          'ratelimit-name': 'throttle_authenticated_api',
        },
        body: 'Retry later\n',
      },
      '30',
      /^Retry later/,
    ],
    'no header and a text': [{ body: 'Retry later\n' }, null, /^Retry later/],
    'no header and JSON': [
      { body: { message: { error: 'This endpoint has been requested too many times. Try again later.' } } },
      null,
      /^\{"message":\{"error"/,
    ],
  };
  for (const [name, [fault, retryAfter, body]] of Object.entries(throttles))
    it(`throttles with ${name}`, async () => {
      await gitlab.control('faults', { mode: 'status', status: 429, match: { path: '/compare' }, ...fault });
      const { host } = new URL(gitlab.front.url);
      const response = await fetch(`http://${host}/api/v4/projects/52/repository/compare?from=main&to=main`);
      assert.deepEqual([response.status, response.headers.get('retry-after')], [429, retryAfter]);
      assert.match(await response.text(), body);
    });

  it('forgets everything on a reset', async () => {
    await gitlab.control('reset');
    assert.deepEqual((await gitlab.shop('GET', '/merge_requests')).body, []);
    assert.equal(((await gitlab.shop('GET', '/repository/commits')).body as unknown[]).length, 1);
  });
});
