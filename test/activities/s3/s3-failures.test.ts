import assert from 'node:assert/strict';
import type { S3Port } from '../../../activities/s3/port.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import type { LoggedRequest } from '../../../sandbox/shared/logged-request.ts';
import { failureDetails, failureType, type FailureType } from '../../../workflows/shared/failures.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, s3Answers, s3Error } from './aws-faults.ts';
import { approved, approvedBy, permission } from './permissions.ts';
import { chainOf, entryOf, key, put, putTested, s3Of, turn, version } from './promotion-aws.ts';

const timeouts = { connect: 300, request: 300, idle: 300 };

describe('S3: what goes wrong, by verb', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let s3: S3Port;
  before(async () => {
    aws = await sharedAws();
    const roles = chainOf(aws);
    await Promise.all([
      roles.agentDeploy(),
      roles.agentPublish(aws.provisioned.roles.agentPublish['prod-a'])(),
    ]);
    s3 = s3Of(aws, roles, { timeouts });
  });
  beforeEach(() => aws.reset());
  afterEach(() => clearFaults(aws));

  const verbs: Record<string, { method: string; path: string; run: () => Promise<unknown> }> = {
    pinInstaller: {
      method: 'GET',
      path: '/soc-agent',
      async run() {
        await put(aws, 'soc', key, 'the installer');
        return s3.pinInstaller({ version, signature: 'off' });
      },
    },
    copyToTest: {
      method: 'PUT',
      path: '/devops-agent-test/',
      async run() {
        await put(aws, 'soc', key, 'the installer');
        const pinned = await s3.pinInstaller({ version, signature: 'off' });
        return s3.copyToTest({ version, pinned, turn });
      },
    },
    publishObject: {
      method: 'PUT',
      path: '/prod-a-agent',
      async run() {
        const tested = await putTested(aws, 'tested');
        return s3.publishObject({ account: 'prod-a', version, tested, permission, turn });
      },
    },
    publishManifest: {
      method: 'GET',
      path: '/prod-a-agent',
      run: () => s3.publishManifest({ account: 'prod-a', entry: entryOf(), permission, turn }),
    },
    readAccount: {
      method: 'GET',
      path: '/prod-a-agent',
      run: () => s3.readAccount({ account: 'prod-a' }),
    },
    rollBackManifest: {
      method: 'GET',
      path: '/prod-a-agent',
      run() {
        const entry = entryOf(approvedBy(['sue']));
        const versions = { fromVersion: version, toVersion: '1.4.1' };
        return s3.rollBackManifest({ account: 'prod-a', ...versions, entry, permission: approved(), turn });
      },
    },
  };

  for (const [verb, { method, path, run }] of Object.entries(verbs))
    for (const [kind, [fault, type]] of Object.entries(s3Answers))
      it(`${verb} meets ${kind}: ${type}, after one try`, async () => {
        await addFault(aws, { ...fault, match: { method, path }, times: 5 });
        const before = aws.front.requests.length;
        await assert.rejects(run(), (error: unknown) => {
          assert.equal(failureDetails(error).system, 's3');
          return failureType(error) === type;
        });
        const isTry = (request: LoggedRequest) =>
          request.method === method && request.path.includes('/agent/') && request.path.startsWith(path);
        assert.equal(aws.front.requests.slice(before).filter(isTry).length, 1);
      });

  const forbidden: [string, string, FailureType][] = [
    ['is not listed either', '', 'NotFound'],
    ['is listed', `<Contents><Key>${key}</Key></Contents>`, 'PermissionDenied'],
    ['has only longer neighbours', `<Contents><Key>${key}.sig</Key></Contents>`, 'NotFound'],
  ];
  for (const [kind, contents, type] of forbidden)
    it(`a key that answers 403 and ${kind}: ${type}`, async () => {
      const body = `<?xml version="1.0"?><ListBucketResult>${contents}</ListBucketResult>`;
      await addFault(aws, { match: { method: 'HEAD', path: '/soc' }, mode: 'status', status: 403 });
      await addFault(aws, { match: { path: 'list-type=2' }, mode: 'status', status: 200, body });
      await assert.rejects(s3.pinInstaller({ version, signature: 'off' }), { type });
    });

  it('a HEAD that answers 403 because the session is dead says so', async () => {
    await addFault(aws, { match: { method: 'HEAD', path: '/soc' }, mode: 'status', status: 403 });
    await addFault(aws, { match: { path: 'list-type=2' }, ...s3Error(400, 'ExpiredToken') });
    await assert.rejects(s3.pinInstaller({ version, signature: 'off' }), { type: 'CredentialRejected' });
  });

  it('a body that stops in the middle is Unavailable', async () => {
    await put(aws, 'soc', key, 'x'.repeat(1000));
    const headers = { 'content-length': '1000', 'x-amz-version-id': 'v' };
    await addFault(aws, {
      match: { method: 'GET', path: '/soc' },
      mode: 'status',
      status: 200,
      headers,
      body: 'x',
    });
    await assert.rejects(s3.pinInstaller({ version, signature: 'off' }), { type: 'Unavailable' });
  });

  it('a bucket that belongs to another account is refused', async () => {
    const { accounts } = aws.provisioned;
    const places = { soc: { ...accounts.soc, id: '999999999999' }, test: accounts.test, production: [] };
    const misled = s3Of(aws, chainOf(aws), { accounts: places });
    await put(aws, 'soc', key, 'the installer');
    await assert.rejects(misled.pinInstaller({ version, signature: 'off' }), { type: 'PermissionDenied' });
  });

  it('sends the expected owner with every call, parts and their completion included', async () => {
    await put(aws, 'soc', key, 'the installer');
    const pinned = await s3.pinInstaller({ version, signature: 'off' });
    await s3.copyToTest({ version, pinned, turn });
    const { accounts } = aws.provisioned;
    const test = { ...accounts.test, id: '999999999999' };
    const misled = s3Of(aws, chainOf(aws), { accounts: { soc: accounts.soc, test, production: [] } });
    await assert.rejects(misled.copyToTest({ version, pinned, turn }), { type: 'PermissionDenied' });
  });
});
