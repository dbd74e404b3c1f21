import { readFile, stat } from 'node:fs/promises';
import { parsePublicKeys, type PublicJwk } from '../../config/signing-keys.ts';
import { createFailure } from '../../workflows/shared/failures.ts';

/** The public keys that decisions are verified with. */
export interface KeySource {
  /** @throws Unavailable when the keys cannot be read now */
  find(kid: string): Promise<PublicJwk | undefined>;
}

/**
 * The public keys in a JWK Set file, read again when the file has changed: a key that was rotated in counts at once, and a
 * revoked one does not, without a restart. A file that is missing or malformed holds no keys: an earlier copy of it could
 * bring a revoked key back.
 */
export function createKeyFile(path: string): KeySource {
  let cached: { readonly stamp: string; readonly keys: ReadonlyMap<string, PublicJwk> } | undefined;

  async function read(): Promise<ReadonlyMap<string, PublicJwk>> {
    const stamp = await stampOf(path);
    if (cached?.stamp === stamp) return cached.keys;
    const keys = parsePublicKeys(await readFile(path, 'utf8'));
    if (!keys) throw unreadable(path, 'it is no set of public keys as `lockkeeper setup keys` writes it');
    cached = { stamp, keys: new Map(keys.map((key) => [key.kid, key])) };
    return cached.keys;
  }

  return {
    async find(kid) {
      try {
        return (await read()).get(kid);
      } catch (error) {
        cached = undefined;
        const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
        throw code === undefined ? error : unreadable(path, code, error);
      }
    },
  };
}

/** No keys at all: for a worker whose configuration names no file. */
export const noKeys: KeySource = { find: () => Promise.resolve(undefined) };

async function stampOf(path: string): Promise<string> {
  const { mtimeNs, size, ino } = await stat(path, { bigint: true });
  return `${mtimeNs}/${size}/${ino}`;
}

function unreadable(path: string, reason: string, cause?: unknown) {
  return createFailure('Unavailable', `decisions.publicKeys: ${path} cannot be read: ${reason}`, {
    cause,
    details: { system: 'decisions', action: 'read the public keys' },
  });
}
