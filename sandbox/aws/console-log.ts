import { closeSync, openSync, readSync, ftruncateSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** What EC2's GetConsoleOutput gives: the last 64 KiB. */
const keptBytes = 64 * 1024;
/** How far the file may grow before it is cut back to the kept part. */
const maxBytes = 4 * 1024 * 1024;

/**
 * An instance's console as a file that never grows far: GetConsoleOutput serves its end.
 * Throws EEXIST when the file is there: this instance was booted before.
 */
export function createConsoleLog(file: string): Writable {
  const fd = openSync(file, 'wx+', 0o600);
  let size = 0;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (size + chunk.length > maxBytes) size = keepTail(fd, size);
      const part = chunk.subarray(-keptBytes);
      size += writeSync(fd, part, 0, part.length, size);
      done();
    },
    destroy(error, done) {
      closeSync(fd);
      done(error);
    },
  });
}

function keepTail(fd: number, size: number): number {
  const tail = Buffer.alloc(Math.min(size, keptBytes));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  writeSync(fd, tail, 0, tail.length, 0);
  ftruncateSync(fd, tail.length);
  return tail.length;
}
