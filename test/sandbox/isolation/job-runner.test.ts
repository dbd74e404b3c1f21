import assert from 'node:assert/strict';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { JobRun, JobRunner } from '../../../sandbox/gitlab/ci-definition.ts';
import { createJobRunner } from '../../../sandbox/gitlab/job-runner.ts';
import { readCiDefinition } from '../../../sandbox/gitlab/read-ci-definition.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { makeInstaller } from '../../../samples/installers/make-installer.ts';
import { clientsOf, sharedAws } from '../../support/aws.ts';
import { skipWithoutIsolation } from './isolated-run.ts';

const projectDir = path.resolve(import.meta.dirname, '../../../deploy/gitlab');
const [verifyInstaller] = readCiDefinition(path.join(projectDir, '.gitlab-ci.yml')).jobs;
const Bucket = 'devops-agent-test';
const Key = 'agent/v1.2.3/agent-installer.sh';

describe('job runner', function () {
  this.timeout(20_000);
  before(skipWithoutIsolation);

  let aws: SandboxAws;
  let runner: JobRunner;
  before(async function () {
    this.timeout(120_000);
    aws = await sharedAws();
    await aws.reset();
    runner = createJobRunner({
      awsEndpoint: aws.url,
      awsCredentials: aws.provisioned.credentials.ciRunner,
      projectDir,
    });
  });

  const run = (script: string, job: Partial<JobRun> = {}) =>
    runner({ id: 7, name: 'job', script, variables: {}, signal: new AbortController().signal, ...job });

  async function verify(installer: string, change: Record<string, string> = {}) {
    const { s3 } = await clientsOf(aws, 'Agent-Deploy');
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: installer }));
    const variables = { ...variablesFor(aws, installer, VersionId ?? ''), ...change };
    return run(verifyInstaller?.script ?? '', { variables });
  }

  it('checks a good installer in the pinned version, through the role chain', async () => {
    const { status, trace } = await verify(makeInstaller({ version: '1.2.3' }));
    assert.equal(status, 'success', trace);
    const checks = trace.split('\n').map((line) => line.split(/ +/).slice(0, 2).join(' '));
    const expected = ['variables', 'assume', 'assume', 'fetch', 'size', 'SHA-256', 'bash'].map(
      (name) => `ok ${name}`,
    );
    assert.deepEqual(checks, [...expected, 'Job succeeded', '']);
    assert.ok(!trace.includes(aws.provisioned.credentials.ciRunner.secretAccessKey));
  });

  it('reads the version it was told, not the newest', async () => {
    const { s3 } = await clientsOf(aws, 'Agent-Deploy');
    const good = makeInstaller({ version: '1.2.3' });
    const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: good }));
    const { status } = await verify('other bytes', variablesFor(aws, good, VersionId));
    assert.equal(status, 'success');
  });

  it('refuses an installer with a syntax error', async () => {
    const { status, trace } = await verify(makeInstaller({ version: '1.2.3', variant: 'syntax-error' }));
    assert.equal(status, 'failed');
    assert.match(trace, /FAILED {2}bash -n: .*syntax error[^]*exit code 1/);
  });

  it('refuses an empty installer', async () => {
    assert.match((await verify('')).trace, /FAILED {2}size: the installer is empty/);
  });

  const refused: Record<string, [variable: string, value: string, line: RegExp]> = {
    'other bytes': [
      'INSTALLER_SHA256',
      '0'.repeat(64),
      /FAILED {2}SHA-256: expected 0{64}, found [0-9a-f]{64}/,
    ],
    'an unknown object version': [
      'INSTALLER_VERSION_ID',
      'no-such-version',
      /FAILED {2}fetch .* no-such-version/,
    ],
    'a key outside the rights of Agent-Deploy': [
      'INSTALLER_KEY',
      'private/x',
      /AccessDenied[^]*FAILED {2}fetch/,
    ],
    'a role outside the chain': [
      'RUNNER_ROLE_ARN',
      'arn:aws:iam::222222222222:role/Admin',
      /FAILED {2}assume/,
    ],
    'a missing variable': ['LOCKKEEPER_RUN', '', /FAILED {2}variable LOCKKEEPER_RUN is missing/],
    'a command in a variable': [
      'INSTALLER_BUCKET',
      '$(reboot)',
      /FAILED {2}variable INSTALLER_BUCKET is not/,
    ],
    'a flag in a variable': ['INSTALLER_KEY', '--endpoint-url', /FAILED {2}variable INSTALLER_KEY is not/],
    'a second line in a variable': [
      'AGENT_VERSION',
      '1.2.3\nx',
      /FAILED {2}variable AGENT_VERSION is not x\.x\.x/,
    ],
  };
  for (const [name, [variable, value, line]] of Object.entries(refused))
    it(`refuses ${name}`, async () => {
      const { status, trace } = await verify(makeInstaller({ version: '1.2.3' }), { [variable]: value });
      assert.equal(status, 'failed');
      assert.match(trace, line);
    });

  it('gives a job its variables, in a fresh copy of the project', async () => {
    const { trace } = await run('ls; touch made; printf "<%s>" "$ODD"', {
      variables: { ODD: `a 'b' "c" $d\n` },
    });
    assert.equal(
      trace,
      `README.md\nchange-gate.gitlab-ci.yml\nverify-installer.sh\n<a 'b' "c" $d\n>Job succeeded\n`,
    );
  });

  it('stops at the first line that fails', async () => {
    const { status, trace } = await run('false | cat\necho never');
    assert.deepEqual({ status, trace }, { status: 'failed', trace: 'ERROR: Job failed: exit code 1\n' });
  });

  it('ends a job on cancel', async () => {
    const stopper = new AbortController();
    const job = run('sleep 1000', { signal: stopper.signal });
    stopper.abort();
    assert.deepEqual(await job, { status: 'failed', trace: 'ERROR: Job failed: canceled\n' });
  });

  it('ends a job that takes too long', async () => {
    const impatient = createJobRunner({
      awsEndpoint: aws.url,
      awsCredentials: aws.provisioned.credentials.ciRunner,
      projectDir,
      timeoutSeconds: 0.5,
    });
    const { signal } = new AbortController();
    const { status, trace } = await impatient({
      id: 8,
      name: 'slow',
      script: 'sleep 1000',
      variables: {},
      signal,
    });
    assert.deepEqual(
      { status, trace },
      { status: 'failed', trace: 'ERROR: Job failed: execution took too long\n' },
    );
  });

  it('keeps the first MiB of a long trace', async () => {
    const { trace } = await run('head -c 3000000 /dev/zero | tr "\\0" x');
    assert.match(
      trace.slice(1024 * 1024),
      /^\n\[1951424 more bytes were cut off at 1048576 bytes\]\nJob succeeded\n$/,
    );
  });

  it('refuses a variable that no shell can have', async () => {
    await assert.rejects(
      run('true', { variables: { 'A B': 'x' } }),
      /variable "A B": letters, digits and _ only/,
    );
  });
});

function variablesFor(aws: SandboxAws, installer: string, versionId: string): Record<string, string> {
  return {
    CI_PIPELINE_ID: '31',
    LOCKKEEPER_RUN: 'promotion/LK-1/1',
    AGENT_VERSION: '1.2.3',
    INSTALLER_BUCKET: Bucket,
    INSTALLER_KEY: Key,
    INSTALLER_VERSION_ID: versionId,
    INSTALLER_SHA256: createHash('sha256').update(installer).digest('hex'),
    RUNNER_ROLE_ARN: aws.provisioned.roles.runnerRole,
    AGENT_DEPLOY_ROLE_ARN: aws.provisioned.roles.agentDeploy,
    AWS_REGION: aws.provisioned.region,
  };
}
