import { text } from '../shared/guards.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * The id that an envelope claims, before anybody has verified it: good for saying that it is pending, for nothing else.
 * Total, without Node.
 */
export function claimedId(envelope: string): string | null {
  try {
    return text(JSON.parse(fromBase64Url(envelope.split('.')[1] ?? '')), 'jti') ?? null;
  } catch {
    return null;
  }
}

/** One character a byte: an id is ASCII, and JSON's own marks are. */
function fromBase64Url(encoded: string): string {
  let bits = 0;
  let held = 0;
  let bytes = '';
  for (const character of encoded) {
    const value = alphabet.indexOf(character);
    if (value < 0) return '';
    bits = ((bits << 6) | value) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += String.fromCharCode((bits >> held) & 0xff);
  }
  return bytes;
}
