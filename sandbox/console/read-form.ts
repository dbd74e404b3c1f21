import type http from 'node:http';

const most = 64 * 1024;

/** A posted form, or the status to refuse it with: 413 too long, 415 not a form. */
export async function readForm(message: http.IncomingMessage): Promise<URLSearchParams | 413 | 415> {
  const type = message.headers['content-type'] ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return 415;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    if (size > most) return 413;
    chunks.push(chunk as Buffer);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
