import assert from 'node:assert/strict';
import type { Ec2Adapter } from '../../../activities/ec2/client.ts';
import type { TestResult } from '../../../activities/ec2/port.ts';
import { makeInstaller, type InstallerVariant } from '../../../samples/installers/make-installer.ts';
import { startInstanceRunner, type InstanceRunner } from '../../../sandbox/aws/instance-runner.ts';
import type { AccountName } from '../../../sandbox/aws/sandbox-accounts.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { skipWithoutIsolation } from '../../sandbox/isolation/isolated-run.ts';
import { chainOf, putTested, version } from '../s3/promotion-aws.ts';
import { ec2Of, inMinutes, key, launchOf, nonce } from './promotion-ec2.ts';

describe('EC2: an instance that really runs its user data', function () {
  this.timeout(60_000);
  before(skipWithoutIsolation);
  let aws: SandboxAws;
  let ec2: Ec2Adapter;
  let runner: InstanceRunner;
  before(async () => {
    aws = await sharedAws();
    await aws.reset();
    ec2 = ec2Of(aws, chainOf(aws), {
      serviceName: 'security-agent',
      versionCommand: '/opt/security-agent/bin/security-agent --version',
      pollMs: 100,
    });
    const { accounts, credentials } = aws.provisioned;
    runner = await startInstanceRunner({
      endpoint: aws.url,
      controlEndpoint: aws.emulatorUrl,
      accounts: [{ name: 'test', id: accounts.test.id }],
      adminFor: (name) => credentials.admin[name as AccountName],
      consoleDir: aws.consoleDir,
      pollMs: 50,
    });
  });
  after(() => runner?.stop());

  async function test(variant: InstallerVariant): Promise<TestResult> {
    const input = { key: `${key}-${variant}`, nonce, deadline: inMinutes(1) };
    const tested = await putTested(aws, makeInstaller({ version, variant }));
    const instance = await ec2.launchTestInstance(launchOf(tested, input));
    const result = await ec2.awaitTestResult({ ...input, version, instance });
    await ec2.terminateInstance(instance);
    return result;
  }

  it('passes a good installer', async () => {
    assert.deepEqual(await test('good'), { verdict: 'passed', reportedVersion: version });
  });

  it('fails one that reports another version, and keeps its console', async () => {
    const result = await test('wrong-version');
    assert.partialDeepStrictEqual(result, { verdict: 'failed', step: 'version' });
    assert.match(
      result.verdict === 'failed' ? (result.consoleOutput ?? '') : '',
      /^s3:\/\/devops-agent-test\/results\//,
    );
  });
});
