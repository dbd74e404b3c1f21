import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Ec2Adapter } from '../../../activities/ec2/client.ts';
import { launchToken } from '../../../activities/ec2/launch-key.ts';
import type { TestInstance } from '../../../activities/ec2/port.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, ec2Error } from '../s3/aws-faults.ts';
import { chainOf, put, putTested, read, version } from '../s3/promotion-aws.ts';
import { ec2Of, endInstance, inMinutes, key, launchOf, nonce } from './promotion-ec2.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const consoleKey = `results/${launchToken(key)}/${nonce}/console.txt`;

describe('EC2: awaiting the test result', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let ec2: Ec2Adapter;
  let instance: TestInstance;
  before(async () => {
    aws = await sharedAws();
    ec2 = ec2Of(aws, chainOf(aws));
  });
  beforeEach(async () => {
    await aws.reset();
    instance = await ec2.launchTestInstance(launchOf(await putTested(aws, 'the installer')));
  });
  afterEach(() => clearFaults(aws));

  const waiting = (changes = {}) => ({ key, nonce, version, instance, deadline: inMinutes(5), ...changes });
  const resultOf = (changes = {}) =>
    JSON.stringify({
      run: key,
      nonce,
      expectedVersion: version,
      instanceId: instance.instanceId,
      account: instance.accountId,
      status: 'passed',
      step: 'version',
      detailBase64: base64('all checks passed'),
      reportedVersionBase64: base64(`${version}\n`),
      ...changes,
    });
  const report = (text: string) => put(aws, 'test', instance.resultKey, text);
  const writeConsole = (text: string) =>
    writeFile(path.join(aws.consoleDir, `${instance.instanceId}.log`), text);

  it('passes what the instance reports', async () => {
    await report(resultOf());
    assert.deepEqual(await ec2.awaitTestResult(waiting()), { verdict: 'passed', reportedVersion: version });
  });

  it('waits until the result is there, heartbeating at each look', async () => {
    const heard: unknown[] = [];
    const signal = new AbortController().signal;
    const call = {
      signal,
      heartbeat: (progress: unknown) => void (heard.push(progress) === 3 && void report(resultOf())),
    };
    assert.equal((await ec2.during(call).awaitTestResult(waiting())).verdict, 'passed');
    assert.ok(heard.length >= 3);
  });

  it('takes a result that the instance wrote before it ended', async () => {
    await report(resultOf());
    await endInstance(aws, instance.instanceId);
    assert.equal((await ec2.awaitTestResult(waiting({ deadline: inMinutes(-1) }))).verdict, 'passed');
  });

  it('keeps the redacted console of a failed test', async () => {
    await report(resultOf({ status: 'failed', step: 'install', detailBase64: base64('exit code 3') }));
    await writeConsole('Boot\u001b[31m\nGET https://b/k?X-Amz-Signature=abc\nASIAABCDEFGHIJKLMNOP\n');
    assert.deepEqual(await ec2.awaitTestResult(waiting()), {
      verdict: 'failed',
      step: 'install',
      detail: 'exit code 3',
      reportedVersion: `${version}\n`.trim(),
      consoleOutput: `s3://devops-agent-test/${consoleKey}`,
    });
    assert.equal((await read(aws, 'test', consoleKey))?.text, 'Boot\nGET https://b/k\n[redacted]\n');
  });

  it('bounds the console at 64 KiB', async () => {
    await writeConsole('ü'.repeat(60_000));
    await ec2.awaitTestResult(waiting({ deadline: inMinutes(-1) }));
    const kept = (await read(aws, 'test', consoleKey))?.text ?? '';
    assert.ok(Buffer.byteLength(kept) <= 64 * 1024 && kept.endsWith('ü'));
  });

  it('fails at boot when the instance ends without a word', async () => {
    await endInstance(aws, instance.instanceId);
    assert.deepEqual(await ec2.awaitTestResult(waiting()), {
      verdict: 'failed',
      step: 'boot',
      detail: 'the instance ended (terminated) without a result',
      reportedVersion: null,
      consoleOutput: null,
    });
  });

  it('fails at boot when the deadline passes', async () => {
    const deadline = new Date(Date.now() + 100).toISOString();
    const result = await ec2.awaitTestResult(waiting({ deadline }));
    assert.partialDeepStrictEqual(result, {
      step: 'boot',
      detail: `no result until the deadline ${deadline}`,
    });
  });

  const hostile: [string, () => string, object][] = [
    [
      'a huge result',
      () => 'x'.repeat(10_000_000),
      { step: 'boot', detail: 'the instance wrote a result of more than 65536 bytes' },
    ],
    ['no JSON', () => 'passed', { step: 'boot' }],
    ['an empty object', () => '', { step: 'boot' }],
    ['another nonce', () => resultOf({ nonce: 'x' }), { step: 'version', detail: /other nonce/ }],
    [
      'another instance',
      () => resultOf({ instanceId: 'i-0' }),
      { step: 'version', detail: /other instance/ },
    ],
    [
      'another version',
      () => resultOf({ reportedVersionBase64: base64('1.4.1') }),
      { step: 'version', reportedVersion: '1.4.1' },
    ],
  ];
  for (const [kind, text, expected] of hostile)
    it(`fails ${kind}`, async () => {
      await report(text());
      const result = await ec2.awaitTestResult(waiting());
      const { detail, ...rest } = expected as { detail?: string | RegExp };
      assert.partialDeepStrictEqual(result, { verdict: 'failed', ...rest });
      if (detail && result.verdict === 'failed') assert.match(result.detail, new RegExp(detail));
    });

  it('says so when the console could not be kept, and keeps its verdict', async () => {
    await report(resultOf({ status: 'failed', step: 'service', detailBase64: base64('x'.repeat(2000)) }));
    await addFault(aws, { match: { body: 'GetConsoleOutput' }, ...ec2Error(403, 'UnauthorizedOperation') });
    const result = await ec2.awaitTestResult(waiting());
    assert.partialDeepStrictEqual(result, { verdict: 'failed', step: 'service', consoleOutput: null });
    assert.match(result.verdict === 'failed' ? result.detail : '', /could not be kept: PermissionDenied\)$/);
  });

  it('goes on waiting while EC2 does not list the new instance', async () => {
    await addFault(aws, {
      match: { body: '"Action":"DescribeInstances"' },
      ...ec2Error(400, 'InvalidInstanceID.NotFound'),
    });
    const deadline = new Date(Date.now() + 150).toISOString();
    assert.partialDeepStrictEqual(await ec2.awaitTestResult(waiting({ deadline })), {
      detail: `no result until the deadline ${deadline}`,
    });
  });

  it('ends with the activity', async () => {
    const cancelled = new AbortController();
    const reason = new Error('cancelled by the test');
    const call = { signal: cancelled.signal, heartbeat: () => cancelled.abort(reason) };
    await assert.rejects(ec2.during(call).awaitTestResult(waiting()), reason);
  });
});
