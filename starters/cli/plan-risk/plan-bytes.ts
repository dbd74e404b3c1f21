import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { NotAPlan } from './not-a-plan.ts';

type Bytes = AsyncIterable<Buffer>;

/** Unpacked. More than any plan: a file that only wants to keep us busy ends here. */
const maxLength = 2 * 1024 ** 3;
const chunkLength = 256 * 1024;

/** @param source a path, or what is being sent */
export function openPlan(source: Readable | string): Bytes {
  return typeof source === 'string' ? createReadStream(source, { highWaterMark: chunkLength }) : source;
}

/** The bytes of a plan as UTF-8 without byte order mark, whether they came packed with gzip or as UTF-16. @throws NotAPlan */
export async function* toUtf8(bytes: Bytes): Bytes {
  let length = 0;
  for await (const chunk of fromUtf16(unpack(bytes))) {
    length += chunk.length;
    if (length > maxLength) throw new NotAPlan('it has more than 2 GB');
    yield chunk;
  }
}

/** By its first two bytes, whatever the file is called. */
async function* unpack(bytes: Bytes): Bytes {
  const { head, all } = await peek(bytes, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all;
    return;
  }
  // errors of either end reach the reader of the last stream
  const unpacked = pipeline(Readable.from(all), createGunzip({ chunkSize: chunkLength }), () => undefined);
  try {
    yield* unpacked as Bytes;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new NotAPlan('its gzip data is damaged or cut off');
    throw error;
  }
}

/** What `>` of Windows PowerShell writes; a plan begins with `{` or blanks, so that one byte of each pair is zero. */
async function* fromUtf16(bytes: Bytes): Bytes {
  const { head, all } = await peek(bytes, 4);
  const encoding = encodingOf(head);
  if (encoding === 'utf-8') {
    yield* withoutMark(all);
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }), 'utf8');
    } catch {
      throw new NotAPlan('it is not well-formed UTF-16');
    }
  };
  for await (const chunk of all) yield decode(chunk);
  yield decode();
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || first === 0 ? 'utf-16be' : 'utf-8';
}

async function* withoutMark(bytes: Bytes): Bytes {
  const { head, all } = await peek(bytes, 3);
  let skip = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  for await (const chunk of all) {
    yield chunk.subarray(skip);
    skip = 0;
  }
}

/** @returns the first bytes, fewer only where there are no more, and everything with them; the first chunk holds them all */
async function peek(bytes: Bytes, length: number): Promise<{ head: Uint8Array; all: Bytes }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let hasMore = true;
  while (hasMore && head.length < length) {
    const next = await iterator.next();
    hasMore = next.done !== true;
    if (next.done !== true)
      head = head.length === 0 ? toBuffer(next.value) : Buffer.concat([head, next.value]);
  }
  return { head: head.subarray(0, length), all: resume(head, iterator) };
}

async function* resume(head: Buffer, iterator: AsyncIterator<Buffer>): Bytes {
  try {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
      yield toBuffer(next.value);
  } finally {
    await iterator.return?.();
  }
}

/** A stream may bring texts or plain bytes. */
function toBuffer(chunk: Uint8Array | string): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
