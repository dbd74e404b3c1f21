import { Writable } from 'node:stream';

/** Takes all output and keeps only as much as was agreed, in memory. */
export interface BoundedOutput {
  readonly stream: Writable;
  /** What was kept, as UTF-8. */
  text(): string;
}

/** Keeps the first `limitBytes` and says where it stopped, as GitLab does with a job's trace. */
export function keepHead(limitBytes: number): BoundedOutput {
  const kept: Buffer[] = [];
  let size = 0;
  let dropped = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const head = chunk.subarray(0, Math.max(0, limitBytes - size));
      if (head.length > 0) kept.push(head);
      size += head.length;
      dropped += chunk.length - head.length;
      done();
    },
  });
  const note = () => (dropped > 0 ? `\n[${dropped} more bytes were cut off at ${limitBytes} bytes]\n` : '');
  return { stream, text: () => Buffer.concat(kept).toString('utf8') + note() };
}
