import { redact } from '../redact.ts';
import { toPlainText } from '../plain-text.ts';

const tailLength = 2_000;
/** Room for what is taken out before the tail is cut. */
const keptBytes = 16 * 1024;

/** The end of a job's trace, read in bounded memory: hostile text, made plain and redacted. */
export async function readTraceTail(stream: ReadableStream<Uint8Array>): Promise<string> {
  let kept = Buffer.alloc(0);
  for await (const chunk of stream) {
    const all = Buffer.concat([kept, chunk]);
    kept = all.subarray(Math.max(0, all.length - keptBytes));
  }
  return toTraceTail(kept.toString('utf8'));
}

/** GitLab's section marks and the runner's colours are taken out; the cut is at the start of a line where there is one. */
export function toTraceTail(trace: string): string {
  const plain = redact(toPlainText(trace).replace(/^section_(?:start|end):\d+:\S*\n?/gm, '')).trimEnd();
  if (plain.length <= tailLength) return plain;
  const tail = plain.slice(-tailLength);
  const lineStart = tail.indexOf('\n') + 1;
  return (lineStart < tailLength / 2 ? tail.slice(lineStart) : tail).toWellFormed();
}
