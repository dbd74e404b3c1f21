import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { FailureType } from '../../workflows/shared/failures.ts';
import type { FileFinding } from './finding-row.ts';
import { parseJsonFormat } from './json-format.ts';
import { fail, type ParsedFindings } from './parsed.ts';
import { parseSarif } from './sarif.ts';

export type FileFormat = 'sarif' | 'json';

export interface ReadFindings extends ParsedFindings {
  readonly rows: readonly FileFinding[];
  /** First 16 hex digits of SHA-256 over the file. */
  readonly digest: string;
}

/** About 40,000 results of SARIF. Parsed it takes a few times as much of the worker's memory. */
const mostBytes = 32 * 1024 * 1024;

/** Else it is waited for: a scanner may be about to put it there. */
const typeOfCode: Readonly<Record<string, FailureType>> = {
  EACCES: 'PermissionDenied',
  EPERM: 'PermissionDenied',
  EISDIR: 'InvalidInput',
};

/**
 * Reads and parses the file, once for all pages while it is not written. One that is missing, half written or not understood is a
 * failure and never "no findings": that would close their tickets.
 */
export function createReadFile(path: string, format: FileFormat): () => Promise<ReadFindings> {
  const parse = format === 'sarif' ? parseSarif : parseJsonFormat;
  let known: { readonly stamp: string; readonly file: ReadFindings } | undefined;

  async function read(handle: FileHandle): Promise<ReadFindings> {
    const { size, ino, mtimeMs, ctimeMs } = await handle.stat();
    const stamp = [size, ino, mtimeMs, ctimeMs].join();
    if (known?.stamp === stamp) return known.file;
    if (size > mostBytes) throw fail('InvalidInput', `it has ${size} bytes, more than ${mostBytes}`);
    const bytes = await readAll(handle);
    // a file that was moved here keeps the time of its writing
    const writtenAt = new Date(Math.max(mtimeMs, ctimeMs)).toISOString();
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const parsed = parse(parseJson(bytes), writtenAt);
    const file = { ...parsed, digest, rows: [...parsed.findings.values()] };
    known = { stamp, file };
    return file;
  }

  return async () => {
    const handle = await openFile(path);
    try {
      return await read(handle);
    } finally {
      await handle.close();
    }
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw toFileFailure(error);
  }
}

/** It may grow while it is read: what is beyond the limit is not taken. */
async function readAll(handle: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) throw fail('InvalidInput', `it has more than ${mostBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw toFileFailure(error);
  }
  return Buffer.concat(chunks);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    throw fail('InvalidInput', 'it is no JSON: it may be half written', error);
  }
}

function toFileFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  return fail(typeOfCode[code] ?? 'Unavailable', `it cannot be read: ${code}`, error);
}
