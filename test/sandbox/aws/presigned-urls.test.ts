import assert from 'node:assert/strict';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { clientsOf, sharedAws } from '../../support/aws.ts';

const Bucket = 'devops-agent-test';
const installer = { Bucket, Key: 'agent/v1.0.0/agent-installer.sh' };
const result = { Bucket, Key: 'results/r.json' };

describe('presigned URLs in the sandbox', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  let s3: S3Client;
  let version: string;
  before(async () => {
    aws = await sharedAws();
    s3 = (await clientsOf(aws, 'Agent-Deploy')).s3;
  });
  beforeEach(async () => {
    await aws.reset();
    version = (await s3.send(new PutObjectCommand({ ...installer, Body: 'the tested bytes' }))).VersionId!;
  });

  const getUrl = (input = {}, options = {}) =>
    getSignedUrl(s3, new GetObjectCommand({ ...installer, VersionId: version, ...input }), {
      expiresIn: 60,
      ...options,
    });
  /** Write-once: the condition must come as a header, or the signature does not hold. */
  const putUrl = () =>
    getSignedUrl(s3, new PutObjectCommand({ ...result, IfNoneMatch: '*' }), {
      expiresIn: 60,
      unhoistableHeaders: new Set(['if-none-match']),
    });
  const upload = (url: string, headers: Record<string, string>) =>
    fetch(url, { method: 'PUT', body: '{"ok":true}', headers });

  it('a GET serves the one version it names', async () => {
    await s3.send(new PutObjectCommand({ ...installer, Body: 'replaced' }));
    const response = await fetch(await getUrl());
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'the tested bytes');
  });

  it('a GET is refused once expired', async () => {
    const signingDate = new Date(Date.now() - 3_600_000);
    assert.equal((await fetch(await getUrl({}, { signingDate }))).status, 403);
  });

  const tampering: Readonly<Record<string, (url: string) => string>> = {
    'another key': (url) => url.replace('v1.0.0', 'v2.0.0'),
    'another version': (url) => url.replace(/versionId=[^&]+/, 'versionId=other'),
    'a longer life': (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'),
    'another signature': (url) => url.replace(/X-Amz-Signature=..../, 'X-Amz-Signature=0000'),
    'another session token': (url) => url.replace(/X-Amz-Security-Token=..../, 'X-Amz-Security-Token=AAAA'),
  };
  for (const [kind, tamper] of Object.entries(tampering))
    it(`a GET is refused with ${kind}`, async () => {
      const response = await fetch(tamper(await getUrl()));
      assert.ok([400, 403].includes(response.status), `${response.status}`);
    });

  it('a GET gives no right that the signer lacks', async () => {
    assert.equal((await fetch(await getUrl({ Key: 'private/plans.txt', VersionId: undefined }))).status, 403);
  });

  it('a GET cannot be used to write', async () => {
    assert.equal((await upload(await getUrl(), {})).status, 403);
  });

  it('a PUT writes once', async () => {
    const url = await putUrl();
    assert.equal((await upload(url, { 'if-none-match': '*' })).status, 200);
    assert.equal((await upload(url, { 'if-none-match': '*' })).status, 412);
    const { Body } = await s3.send(new GetObjectCommand(result));
    assert.equal(await Body!.transformToString(), '{"ok":true}');
  });

  it('a PUT without its condition is refused', async () => {
    assert.equal((await upload(await putUrl(), {})).status, 403);
  });
});
