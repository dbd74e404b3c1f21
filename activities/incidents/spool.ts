import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface Spooled {
  readonly file: string;
  readonly size: number;
  /** First 32 hex digits. */
  readonly sha256: string;
}

/**
 * Bytes on their way from one system to the other, in a file of this user alone, which is gone afterwards: the other side must be told
 * their number, and whether it has them already, before they are sent.
 * @returns undefined: there are more than `most`; what `use` answers otherwise
 */
export async function spool<T>(
  body: AsyncIterable<Uint8Array>,
  most: number,
  use: (spooled: Spooled) => Promise<T>,
): Promise<T | undefined> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-file-'));
  try {
    const file = path.join(folder, 'bytes');
    const found = await write(file, body, most);
    return found && (await use({ file, ...found }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(file: string, body: AsyncIterable<Uint8Array>, most: number) {
  const handle = await open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > most) return undefined;
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return { size, sha256: hash.digest('hex').slice(0, 32) };
}
