import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  parsePrivateKeys,
  parsePublicKeys,
  type PrivateJwk,
  type PublicJwk,
} from '../../config/signing-keys.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** @returns no keys when there is no such file. @throws CliError when it holds something else: it is not overwritten */
export function readPrivateKeys(path: string): readonly PrivateJwk[] {
  return readKeys(path, parsePrivateKeys, 'private keys');
}

export function readPublicKeys(path: string): readonly PublicJwk[] {
  return readKeys(path, parsePublicKeys, 'public keys');
}

function readKeys<K>(
  path: string,
  parse: (text: string) => readonly K[] | undefined,
  what: string,
): readonly K[] {
  if (!existsSync(path)) return [];
  const keys = parse(readFileSync(path, 'utf8'));
  if (keys) return keys;
  throw new CliError(
    exitCodes.failed,
    `${path} holds no set of ${what}`,
    'Move it away, then run this again.',
  );
}

export interface KeyFile {
  readonly path: string;
  readonly keys: readonly object[];
  /** 0600 for private keys. */
  readonly mode: number;
}

/** All or nothing, as far as a disk allows: written aside first, then renamed in this order. A reader sees the old file or the new one. */
export function writeKeyFiles(files: readonly KeyFile[]): void {
  const written: { readonly aside: string; readonly path: string }[] = [];
  try {
    for (const { path, keys, mode } of files) {
      const aside = `${path}.${process.pid}.new`;
      mkdirSync(dirname(path), { recursive: true });
      // wx: a link that somebody put there is not followed
      writeFileSync(aside, `${JSON.stringify({ keys }, null, 2)}\n`, { mode, flag: 'wx' });
      written.push({ aside, path });
    }
    for (const { aside, path } of written) renameSync(aside, path);
  } catch (error) {
    for (const { aside } of written) rmSync(aside, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      exitCodes.failed,
      `the keys cannot be written: ${reason}`,
      'Check the paths and their rights.',
    );
  }
}
