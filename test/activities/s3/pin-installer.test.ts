import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { S3Port, SignaturePolicy } from '../../../activities/s3/port.ts';
import { signedLine } from '../../../activities/s3/signature.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { withLoopback } from '../../support/loopback.ts';
import {
  adapterOf,
  chainOf,
  execution,
  key,
  megabytes,
  put,
  s3Of,
  sha256Of,
  version,
} from './promotion-aws.ts';

const soc = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const publicKeyPem = soc.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const trustedKeys = [{ name: 'soc-2025', publicKeyPem }];
const signatureOf = (body: string, by: KeyObject) =>
  sign(null, signedLine(sha256Of(body)), by).toString('base64');

describe('S3: pinning the installer', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let roles: RoleChain;
  let s3: S3Port;
  before(async () => {
    aws = await sharedAws();
    roles = chainOf(aws);
    s3 = s3Of(aws, roles, { trustedKeys });
  });
  beforeEach(() => aws.reset());

  it('names the newest version, its size and our own digest', async () => {
    await put(aws, 'soc', key, 'an older one');
    const versionId = await put(aws, 'soc', key, 'the installer');
    assert.deepEqual(await s3.pinInstaller({ version, signature: 'off' }), {
      bucket: 'soc-agent-installers',
      key: 'agent/v1.4.2/agent-installer.sh',
      versionId,
      sha256: sha256Of('the installer'),
      size: 13,
      signature: 'not-checked',
      signedBy: null,
    });
  });

  it('reads 12 MiB and tells how far it is', async () => {
    const body = megabytes(12);
    await put(aws, 'soc', key, body);
    const heard: unknown[] = [];
    const call = {
      signal: new AbortController().signal,
      heartbeat: (details: unknown) => heard.push(details),
    };
    const pinned = await adapterOf(aws, chainOf(aws))
      .during(call, execution)
      .pinInstaller({ version, signature: 'off' });
    assert.equal(pinned.sha256, sha256Of(body));
    assert.equal(pinned.size, body.length);
    assert.equal(typeof (heard[0] as { bytes: unknown }).bytes, 'number');
  });

  it('says which object is missing', async () => {
    await assert.rejects(s3.pinInstaller({ version, signature: 'off' }), {
      type: 'NotFound',
      message: /s3:\/\/soc-agent-installers\/agent\/v1\.4\.2\/agent-installer\.sh does not exist/,
    });
  });

  it('refuses an empty object', async () => {
    await put(aws, 'soc', key, '');
    await assert.rejects(s3.pinInstaller({ version, signature: 'off' }), {
      type: 'InvalidInput',
      message: /0 bytes/,
    });
  });

  for (const [given, versionId] of Object.entries({ 'no version id': undefined, 'version id null': 'null' }))
    it(`names the fix when the bucket is not versioned (${given})`, async () => {
      const path = `/soc-agent-installers/${key}`;
      const headers = {
        etag: '"e"',
        'content-length': '5',
        ...(versionId && { 'x-amz-version-id': versionId }),
      };
      await withLoopback([{ method: 'HEAD', path, respond: { headers } }], async (endpoint) => {
        const unversioned = s3Of(aws, roles, { endpoint });
        await assert.rejects(unversioned.pinInstaller({ version, signature: 'off' }), {
          type: 'UnsupportedResponse',
          message: /soc-agent-installers is not versioned: switch versioning on/,
        });
      });
    });

  const right = signatureOf('the installer', soc.privateKey);
  const ok = { signature: 'verified', signedBy: 'soc-2025' };
  const notChecked = { signature: 'not-checked', signedBy: null };
  const matrix: [string, string | undefined, Record<SignaturePolicy, object | 'PolicyViolation'>][] = [
    ['right', right, { required: ok, 'if-present': ok, off: notChecked }],
    [
      'right, in lines',
      `${right.slice(0, 64)}\n${right.slice(64)}\n`,
      { required: ok, 'if-present': ok, off: notChecked },
    ],
    [
      'absent',
      undefined,
      { required: 'PolicyViolation', 'if-present': { signature: 'absent', signedBy: null }, off: notChecked },
    ],
    ...[
      ['of a stranger', signatureOf('the installer', stranger.privateKey)],
      ['of other bytes', signatureOf('another installer', soc.privateKey)],
      ['not base64', 'no signature at all'],
      ['empty', ''],
      ['huge', 'A'.repeat(100_000)],
    ].map(([kind, text]): (typeof matrix)[number] => [
      kind ?? '',
      text,
      { required: 'PolicyViolation', 'if-present': 'PolicyViolation', off: notChecked },
    ]),
  ];
  for (const [kind, text, outcomes] of matrix)
    for (const [policy, outcome] of Object.entries(outcomes))
      it(`signature ${kind}, policy ${policy}: ${typeof outcome === 'string' ? outcome : 'pinned'}`, async () => {
        await put(aws, 'soc', key, 'the installer');
        if (text !== undefined) await put(aws, 'soc', `${key}.sig`, text);
        const pinning = s3.pinInstaller({ version, signature: policy as SignaturePolicy });
        if (outcome === 'PolicyViolation') return assert.rejects(pinning, { type: outcome });
        const { signature, signedBy } = await pinning;
        assert.deepEqual({ signature, signedBy }, outcome);
      });
});
