import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { clientsOf, sharedAws } from '../../support/aws.ts';

const Bucket = 'devops-agent-test';
const Key = 'agent/v1.0.0/agent-installer.sh';
const at = { Bucket, Key, ExpectedBucketOwner: '222222222222' };

describe('S3 in the sandbox answers as AWS', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  let s3: S3Client;
  before(async () => {
    aws = await sharedAws();
    s3 = (await clientsOf(aws, 'Agent-Deploy')).s3;
  });
  beforeEach(() => aws.reset());

  const put = (Body: string, condition: { IfMatch?: string; IfNoneMatch?: string } = {}) =>
    s3.send(new PutObjectCommand({ ...at, Body, ...condition }));
  const read = async (VersionId?: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ ...at, ...(VersionId && { VersionId }) }));
    return Body!.transformToString();
  };

  it('keeps each version with its metadata', async () => {
    const Metadata = { 'lockkeeper-sha256': 'abc' };
    const first = await s3.send(new PutObjectCommand({ ...at, Body: 'one', Metadata }));
    await put('second');
    assert.equal(await read(first.VersionId), 'one');
    assert.equal(await read(), 'second');
    const head = await s3.send(new HeadObjectCommand({ ...at, VersionId: first.VersionId! }));
    assert.deepEqual([head.ContentLength, head.Metadata, head.VersionId], [3, Metadata, first.VersionId]);
  });

  it('If-None-Match writes only where nothing is', async () => {
    await put('one', { IfNoneMatch: '*' });
    await assert.rejects(put('two', { IfNoneMatch: '*' }), { name: 'PreconditionFailed' });
    assert.equal(await read(), 'one');
  });

  it('If-Match writes only over what was read', async () => {
    const { ETag } = await put('one');
    await assert.rejects(put('two', { IfMatch: '"00000000000000000000000000000000"' }), {
      name: 'PreconditionFailed',
    });
    await put('three', { IfMatch: ETag! });
    assert.equal(await read(), 'three');
  });

  it('If-None-Match has one winner among twelve', async () => {
    const attempts = Array.from({ length: 12 }, (_, n) => put(`${n}`.repeat(100_000), { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(attempts);
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  });

  it('a streamed multipart upload arrives whole, and keeps its condition', async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    const upload = () => {
      const params = { ...at, Body: Readable.from([bytes]), IfNoneMatch: '*' };
      return new Upload({ client: s3, params, partSize: 5 * 1024 * 1024 }).done();
    };
    const { VersionId } = await upload();
    const { Body } = await s3.send(new GetObjectCommand({ ...at, VersionId: VersionId! }));
    assert.ok(bytes.equals(await Body!.transformToByteArray()));
    await assert.rejects(upload(), { name: 'PreconditionFailed' });
  });

  it('a wrong checksum is refused', async () => {
    const ChecksumSHA256 = Buffer.alloc(32).toString('base64');
    const wrong = s3.send(new PutObjectCommand({ ...at, Body: 'x', ChecksumSHA256 }));
    await assert.rejects(wrong, { name: 'BadDigest' });
  });

  it('a missing object and a missing version have their names', async () => {
    await assert.rejects(read(), { name: 'NoSuchKey' });
    await assert.rejects(s3.send(new HeadObjectCommand(at)), { name: 'NotFound' });
    await put('one');
    await assert.rejects(read('0'.repeat(32)), { name: /NoSuchVersion|InvalidArgument/ });
  });

  it('a bucket of another owner than expected is refused', async () => {
    await put('one');
    const wrong = { ...at, ExpectedBucketOwner: '999999999999' };
    await assert.rejects(s3.send(new GetObjectCommand(wrong)), { name: 'AccessDenied' });
    await assert.rejects(s3.send(new PutObjectCommand({ ...wrong, Body: 'x' })), { name: 'AccessDenied' });
    assert.equal(await read(), 'one');
  });
});
