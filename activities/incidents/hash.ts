import { createHash } from 'node:crypto';

export type Value = string | readonly string[] | null | undefined;

/** Texts that people would call the same are the same: one form of letters, line ends and blanks at the end; of lists the order does not count. */
export function normalise(value: Value): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return [...new Set(value.map(normalise))].sort().join('\n');
  return value
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+$/gm, '')
    .trim();
}

/** First 16 hex digits of the SHA-256 of the normal form: what a history knows of a value. */
export function hashOf(value: Value): string {
  return sha256(normalise(value)).slice(0, 16);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** AWS takes up to 255 characters: one for each step, the same for every try of it. */
export function clientToken(key: string): string {
  return sha256(key);
}
