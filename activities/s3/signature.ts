import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { createFailure } from '../../workflows/shared/failures.ts';

export interface TrustedKey {
  readonly name: string;
  /** Ed25519, SubjectPublicKeyInfo: what `openssl pkey -pubout` prints. */
  readonly publicKeyPem: string;
}

export interface VerifyingKey {
  readonly name: string;
  readonly key: KeyObject;
}

const signatureBytes = 64;

/** @throws Error naming the key that is not an Ed25519 public key */
export function parseTrustedKeys(keys: readonly TrustedKey[]): readonly VerifyingKey[] {
  return keys.map(({ name, publicKeyPem }) => ({ name, key: parseKey(name, publicKeyPem) }));
}

function parseKey(name: string, pem: string): KeyObject {
  const wanted = 'an Ed25519 public key in PEM is needed (openssl pkey -pubout)';
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new Error(`trustedKeys: ${name} cannot be read: ${wanted}`, { cause });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`trustedKeys: ${name} is ${key.asymmetricKeyType}: ${wanted}`);
}

/** The bytes that are signed: what `sha256sum agent-installer.sh` prints. */
export function signedLine(sha256: string): Buffer {
  return Buffer.from(`${sha256}  agent-installer.sh\n`, 'ascii');
}

/**
 * Checks a detached signature (`<key>.sig`): base64 of Ed25519 over the line that `sha256sum` prints. It is made by
 *
 *     sha256sum agent-installer.sh > line
 *     openssl pkeyutl -sign -rawin -inkey soc-private.pem -in line | openssl base64 -A > agent-installer.sh.sig
 *
 * @returns the name of the key that made it
 * @throws PolicyViolation no trusted key made it
 */
export function verifyInstallerSignature(
  sha256: string,
  signature: string,
  keys: readonly VerifyingKey[],
): string {
  const bytes = Buffer.from(signature.replace(/\s/g, ''), 'base64');
  const signer = keys.find(
    ({ key }) => bytes.length === signatureBytes && verify(null, signedLine(sha256), key, bytes),
  );
  if (signer) return signer.name;
  throw createFailure(
    'PolicyViolation',
    'the installer’s signature was not made by a trusted key over these bytes: sign this very file with a key of trustedKeys',
    {
      details: { system: 's3', expected: keys.map(({ name }) => name).join(', '), found: 'wrong signature' },
    },
  );
}
