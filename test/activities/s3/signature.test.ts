import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { parseTrustedKeys, signedLine, verifyInstallerSignature } from '../../../activities/s3/signature.ts';

const pair = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const pem = (key: typeof pair) => key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const sha256 = 'b'.repeat(64);

describe('installer signature', () => {
  it('covers what sha256sum prints', () => {
    assert.equal(signedLine(sha256).toString(), `${sha256}  agent-installer.sh\n`);
  });

  it('names the key that made it, whichever of several', () => {
    const keys = parseTrustedKeys([
      { name: 'old', publicKeyPem: pem(other) },
      { name: 'new', publicKeyPem: pem(pair) },
    ]);
    const signature = sign(null, signedLine(sha256), pair.privateKey).toString('base64');
    assert.equal(verifyInstallerSignature(sha256, signature, keys), 'new');
  });

  it('is refused when no key is trusted', () => {
    const signature = sign(null, signedLine(sha256), pair.privateKey).toString('base64');
    assert.throws(() => verifyInstallerSignature(sha256, signature, []), { type: 'PolicyViolation' });
  });

  it('wants Ed25519 keys', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKeyPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    assert.throws(() => parseTrustedKeys([{ name: 'soc', publicKeyPem }]), /soc is rsa: an Ed25519/);
  });

  it('names the key that is no PEM', () => {
    assert.throws(() => parseTrustedKeys([{ name: 'soc', publicKeyPem: 'none' }]), /trustedKeys: soc/);
  });
});
