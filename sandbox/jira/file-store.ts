import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StoredFile } from './model.ts';

/** Attachments lie on disk: a few of the largest would fill the memory of the sandbox. */
export interface FileStore {
  /** @throws what the source throws; then nothing is kept */
  write(source: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  remove(file: StoredFile): void;
  clear(): void;
}

export function createFileStore(): FileStore {
  let folder: string | undefined;
  let last = 0;

  return {
    async write(source) {
      folder ??= mkdtempSync(path.join(tmpdir(), 'lockkeeper-jira-'));
      const file = path.join(folder, String(++last));
      const target = createWriteStream(file);
      try {
        await pipeline(Readable.from(source, { objectMode: false }), target);
      } catch (error) {
        rmSync(file, { force: true });
        throw error;
      }
      return { path: file, size: target.bytesWritten };
    },
    remove: (file) => rmSync(file.path, { force: true }),
    clear() {
      if (folder) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

export const readStored = (file: StoredFile): Readable => createReadStream(file.path);
