import { createFailure } from '../../workflows/shared/failures.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { installerKey, signatureKey } from './keys.ts';
import type { PinnedInstaller, SignaturePolicy } from './port.ts';
import { verifyInstallerSignature, type VerifyingKey } from './signature.ts';
import { readSmallObject } from './small-object.ts';
import { digestVersion, headObject, urlOf } from './stored-object.ts';

/** Base64 of 64 bytes with line ends; anything longer is no signature. */
const maxSignatureBytes = 1024;

/** See S3Port.pinInstaller. */
export async function pinInstaller(
  soc: Bucket,
  keys: readonly VerifyingKey[],
  input: { version: string; signature: SignaturePolicy },
  call: CallContext,
): Promise<PinnedInstaller> {
  const key = installerKey(input.version);
  const url = urlOf(soc, key);
  const newest = await headObject(soc, key, call);
  if (!newest)
    throw createFailure('NotFound', `${url} does not exist: upload the installer there, then try again`);
  if (newest.size === 0)
    throw createFailure('InvalidInput', `${url} is empty (0 bytes): upload the installer again`);
  const { versionId } = newest;
  const digest = await digestVersion(soc, { key, versionId }, call);
  const signed = await checkSignature(soc, key, digest.sha256, { keys, policy: input.signature }, call);
  return { bucket: soc.name, key, versionId, ...digest, ...signed };
}

/** A signature that is there has to be right, also where none is required: else it says that the file was exchanged. */
async function checkSignature(
  soc: Bucket,
  key: string,
  sha256: string,
  { keys, policy }: { keys: readonly VerifyingKey[]; policy: SignaturePolicy },
  call: CallContext,
): Promise<Pick<PinnedInstaller, 'signature' | 'signedBy'>> {
  if (policy === 'off') return { signature: 'not-checked', signedBy: null };
  const stored = await readSmallObject(soc, signatureKey(key), maxSignatureBytes, call);
  if (stored) {
    const signedBy = verifyInstallerSignature(sha256, stored.bytes.toString('latin1'), keys);
    return { signature: 'verified', signedBy };
  }
  if (policy === 'if-present') return { signature: 'absent', signedBy: null };
  throw createFailure(
    'PolicyViolation',
    `${urlOf(soc, signatureKey(key))} does not exist, but the policy requires a signature: sign the installer and upload it`,
  );
}
