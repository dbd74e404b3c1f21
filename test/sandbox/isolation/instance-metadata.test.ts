import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { serveInstanceMetadata, type MetadataService } from '../../../sandbox/aws/instance-metadata.ts';

const identity = {
  instanceId: 'i-1',
  accountId: '222222222222',
  imageId: 'ami-1',
  instanceType: 't3.micro',
  privateIp: '10.0.0.7',
  region: 'us-east-1',
};
const facts = { ...identity, userData: Buffer.from('#!/bin/bash\n') };
const ttl = 'x-aws-ec2-metadata-token-ttl-seconds';

describe('instance metadata service', () => {
  let folder: string;
  let service: MetadataService;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'imds-'));
    service = await serveInstanceMetadata(facts, path.join(folder, 'imds.sock'));
  });
  afterEach(() => {
    service.close();
    rmSync(folder, { recursive: true });
  });

  const ask = (method: string, url: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const options = {
        socketPath: path.join(folder, 'imds.sock'),
        method,
        path: url,
        headers,
        agent: false,
      };
      const request = http.request(options, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
      });
      request.on('error', reject).end();
    });
  const get = async (url: string) => {
    const { body: token } = await ask('PUT', '/latest/api/token', { [ttl]: '60' });
    return ask('GET', url, { 'x-aws-ec2-metadata-token': token });
  };

  it('tells the instance who it is', async () => {
    assert.equal((await get('/latest/meta-data/instance-id')).body, 'i-1');
    assert.equal((await get('/latest/meta-data/hostname')).body, 'ip-10-0-0-7');
    assert.equal((await get('/latest/user-data')).body, '#!/bin/bash\n');
    const document = (await get('/latest/dynamic/instance-identity/document')).body;
    assert.deepEqual(JSON.parse(document), identity);
  });

  it('refuses whoever has no token', async () => {
    assert.equal((await ask('GET', '/latest/user-data')).status, 401);
    assert.equal((await ask('GET', '/latest/user-data', { 'x-aws-ec2-metadata-token': 'x' })).status, 401);
  });

  it('gives tokens only to PUT with a lifetime from 1 to 21600 seconds', async () => {
    assert.equal((await ask('GET', '/latest/api/token', { [ttl]: '60' })).status, 405);
    for (const value of ['', '0', '21601', 'x'])
      assert.equal((await ask('PUT', '/latest/api/token', { [ttl]: value })).status, 400);
    assert.equal((await ask('PUT', '/latest/api/token')).status, 400);
  });

  it('does not know other paths, a role among them', async () => {
    assert.equal((await get('/latest/meta-data/iam/security-credentials/')).status, 404);
  });
});
