import assert from 'node:assert/strict';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AwsClients } from '../../../sandbox/aws/aws-clients.ts';
import { startInstanceRunner, type InstanceRunner } from '../../../sandbox/aws/instance-runner.ts';
import type { AccountName } from '../../../sandbox/aws/sandbox-accounts.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { makeInstaller, type InstallerVariant } from '../../../samples/installers/make-installer.ts';
import { awsControlToken, clientsOf, sharedAws } from '../../support/aws.ts';
import { skipWithoutIsolation } from './isolated-run.ts';
import { TestInstance } from './test-instance.ts';

const version = '1.2.3';

describe('instance runner', function () {
  this.timeout(20_000);
  before(skipWithoutIsolation);

  let aws: SandboxAws;
  let clients: AwsClients;
  let runner: InstanceRunner;
  const log: { message: string; id: unknown }[] = [];
  before(async function () {
    this.timeout(120_000);
    aws = await sharedAws();
  });
  beforeEach(async () => {
    await aws.reset();
    log.length = 0;
    clients = await clientsOf(aws, 'Agent-Deploy');
    runner = await startInstanceRunner({
      endpoint: aws.url,
      controlEndpoint: aws.emulatorUrl,
      accounts: [{ name: 'test', id: aws.provisioned.accounts.test.id }],
      adminFor: (name) => aws.provisioned.credentials.admin[name as AccountName],
      consoleDir: aws.consoleDir,
      pollMs: 50,
      log: (message, { id }) => log.push({ message, id }),
    });
  });
  afterEach(() => runner.stop());

  const launch = (variant: InstallerVariant, check = {}) =>
    TestInstance.launch(aws, clients, makeInstaller({ version, variant }), check);

  it('runs the user data: a good installer passes and the instance ends itself', async () => {
    const instance = await launch('good');
    const report = await instance.report();
    const bound = { instanceId: instance.id, account: '222222222222', nonce: 'nonce-of-the-test' };
    const checked = { run: 'promotion/LK-1/1', expectedVersion: version, reportedVersion: `${version}\n` };
    const detail = 'all checks passed\ninstalling security-agent 1.2.3\nsecurity-agent 1.2.3 is installed\n';
    assert.deepEqual(report, { status: 'passed', step: 'version', detail, ...bound, ...checked });
    await instance.reaches('terminated');
    assert.match(await instance.console(), /all checks passed[^]*result upload, attempt 1: HTTP 200/);
  });

  const failures: Partial<Record<InstallerVariant, [step: string, detail: RegExp]>> = {
    'syntax-error': ['install', /exit code 2[^]*syntax error/],
    'fails-install': ['install', /exit code 3\nno space left on \/opt/],
    'hostile-output': ['install', /exit code 4/],
    'service-dies': ['service', /service security-agent did not stay active/],
    'wrong-version': ['version', /the reported version is not the expected one/],
  };
  for (const [variant, [step, detail]] of Object.entries(failures))
    it(`reports what is wrong: ${variant}`, async () => {
      const settleSeconds = variant === 'service-dies' ? 1 : 0;
      const instance = await launch(variant as InstallerVariant, { settleSeconds });
      const report = await instance.report();
      assert.deepEqual([report.status, report.step], ['failed', step]);
      assert.match(report.detail, detail);
      await instance.reaches('terminated');
    });

  it('reports an installer that hangs when the deadline passes', async () => {
    const report = await (await launch('hangs', { deadlineSeconds: 1 })).report();
    assert.equal(report.step, 'install');
    assert.match(report.detail, /the installer did not end within the deadline of 1 s/);
  });

  it('reports changed bytes before they run', async () => {
    const report = await (await launch('good', { sha256: '0'.repeat(64) })).report();
    assert.equal(report.step, 'checksum');
    assert.match(report.detail, /expected SHA-256 0{64}, found [0-9a-f]{64}/);
  });

  it('reports a download that is refused', async () => {
    const installerUrl = `${aws.url}/devops-agent-test/agent/unsigned`;
    const report = await (await launch('good', { installerUrl })).report();
    assert.deepEqual([report.step, report.instanceId.slice(0, 2)], ['download', 'i-']);
    assert.match(report.detail, /403/);
  });

  const uploadFaults = {
    'arrived although its answer was lost': [
      { mode: 'lost', when: 'after' },
      /HTTP 000[^]*attempt 2: HTTP 412/,
    ],
    'was refused for a moment': [{ mode: 'status', status: 503 }, /HTTP 503[^]*attempt 2: HTTP 200/],
  } as const;
  for (const [name, [fault, uploads]] of Object.entries(uploadFaults))
    it(`writes one result when the first upload ${name}`, async () => {
      await setFault(aws, { ...fault, match: { method: 'PUT', path: '/results/' } });
      const instance = await launch('fails-install');
      await instance.reaches('terminated');
      assert.match(await instance.console(), uploads);
      assert.equal((await instance.report()).step, 'install');
    });

  it('kills the machine when the instance is terminated', async () => {
    const instance = await launch('hangs');
    await instance.shows('agent check: install');
    await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance.id] }));
    await waitFor(() => log.some(({ message, id }) => message === 'instance is off' && id === instance.id));
    assert.doesNotMatch(await instance.console(), /result upload/);
  });

  it('kills the machine when the emulator forgets the instance', async () => {
    const instance = await launch('hangs');
    await instance.shows('agent check: install');
    await aws.reset();
    await waitFor(() => log.some(({ message, id }) => message === 'instance is off' && id === instance.id));
  });

  it('never boots while told so, and the instance stays running', async () => {
    runner.setNeverBoot(true);
    const dead = await launch('good');
    await waitFor(() => log.some(({ message, id }) => message === 'instance never boots' && id === dead.id));
    runner.setNeverBoot(false);
    const alive = await launch('fails-install');
    await alive.reaches('terminated');
    await dead.reaches('running');
    assert.equal(log.filter(({ id }) => id === dead.id).length, 1);
  });

  it('ends an instance that lost its machine with an earlier runner', async () => {
    const instance = await launch('hangs');
    await instance.shows('agent check: install');
    await runner.stop();
    runner = await startInstanceRunner({
      endpoint: aws.url,
      accounts: [{ name: 'test', id: aws.provisioned.accounts.test.id }],
      adminFor: (name) => aws.provisioned.credentials.admin[name as AccountName],
      consoleDir: aws.consoleDir,
    });
    await instance.reaches('terminated');
    const file = readFileSync(path.join(aws.consoleDir, `${instance.id}.log`), 'utf8');
    assert.equal(file.split('boots as root').length, 2);
  });
});

async function setFault(aws: SandboxAws, fault: object) {
  const headers = { 'x-sandbox-token': awsControlToken };
  const answer = await fetch(`${aws.url}/_sandbox/faults`, {
    method: 'POST',
    headers,
    body: JSON.stringify(fault),
  });
  assert.equal(answer.status, 201);
}

async function waitFor(isSo: () => boolean) {
  while (!isSo()) await new Promise(setImmediate);
}
