import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { awsControlToken, clientsOf, sharedAws } from '../../support/aws.ts';
import { launchInput } from '../../support/launch-input.ts';

const object = { Bucket: 'devops-agent-test', Key: 'results/front.bin' };

describe('front of the AWS sandbox', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  before(async () => void (aws = await sharedAws()));
  beforeEach(() => control('reset'));

  const control = (verb: string, body: object = {}) =>
    fetch(`${aws.url}/_sandbox/${verb}`, {
      method: 'POST',
      headers: { 'x-sandbox-token': awsControlToken, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('logs who called what', async () => {
    const { s3 } = await clientsOf(aws, 'Agent-Deploy');
    await s3.send(new PutObjectCommand({ ...object, Body: 'x' }));
    const shown = aws.front.requests.map(({ actor, method, path, status, body }) => {
      return [actor, (body as { Action?: string } | undefined)?.Action ?? `${method} ${path}`, status];
    });
    assert.deepEqual(shown, [
      ['jira-bot', 'AssumeRole', 200],
      ['Runner-Role/tests', 'AssumeRole', 200],
      ['Agent-Deploy/tests', 'PUT /devops-agent-test/results/front.bin', 200],
    ]);
  });

  it('keeps user data out of its log', async () => {
    const { ec2 } = await clientsOf(aws, 'Agent-Deploy');
    const UserData = Buffer.from('canary '.repeat(20)).toString('base64');
    await ec2.send(new RunInstancesCommand({ ...launchInput(aws, 'front'), UserData }));
    const log = JSON.stringify(aws.front.requests);
    assert.ok(!log.includes(UserData));
    assert.match(log, /"UserData":"\[188 characters cut\]"/);
  });

  for (const kind of ['octets', 'a manifest'] as const)
    it(`passes ${kind} on unchanged`, async () => {
      const { s3 } = await clientsOf(aws, 'Agent-Deploy');
      const bytes = kind === 'octets' ? randomBytes(9 * 1024 * 1024) : Buffer.from('{"version":"1.0.0"}');
      const ContentType = kind === 'octets' ? 'application/octet-stream' : 'application/json';
      await s3.send(new PutObjectCommand({ ...object, Body: bytes, ContentType }));
      const { Body } = await s3.send(new GetObjectCommand(object));
      assert.ok(bytes.equals(await Body!.transformToByteArray()));
    });

  it('a lost answer leaves the object written', async () => {
    const { s3 } = await clientsOf(aws, 'Agent-Deploy');
    await control('faults', { match: { method: 'PUT' }, mode: 'lost' });
    await assert.rejects(s3.send(new PutObjectCommand({ ...object, Body: 'written' })));
    const { Body } = await s3.send(new GetObjectCommand(object));
    assert.equal(await Body!.transformToString(), 'written');
  });

  it('serves none of the emulator’s own paths', async () => {
    for (const base of [aws.url, aws.emulatorUrl])
      for (const path of ['_ministack/reset', '_ministack/config', '_localstack/health', '_emulator/unknown'])
        assert.equal((await fetch(`${base}/${path}`, { method: 'POST' })).status, 404, `${base}/${path}`);
  });

  it('wants the token for the emulator’s controls', async () => {
    for (const verb of ['seal', 'clear'])
      assert.equal((await fetch(`${aws.emulatorUrl}/_emulator/${verb}`, { method: 'POST' })).status, 401);
  });

  it('names what is wrong with a fixture', async () => {
    const response = await control('seed', { objects: [{ account: 'prod-z', key: 'k', body: '' }] });
    assert.match(await response.text(), /objects\.account: one of soc, test, prod-a/);
  });
});
