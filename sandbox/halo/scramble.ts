/** A 32-bit hash of three numbers: the same on every machine and at every start. */
export function mix(a: number, b: number, c = 0): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x165667b1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ Math.imul(c + 0x27d4eb2f, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** 0 ≤ x < 1. */
export const fractionOf = (hash: number): number => hash / 0x1_0000_0000;

const multiplier = 0x9e3779b1;
const inverse = inverseOf(multiplier);

/** One to one on 32 bits: ids that look unordered and still name their record, so that no table of them is kept. */
export const scramble = (n: number): number => Math.imul(n ^ 0x5bd1e995, multiplier) >>> 0;

export const unscramble = (id: number): number => (Math.imul(id, inverse) ^ 0x5bd1e995) >>> 0;

/** Of an odd number modulo 2^32; each step of Newton's method doubles the right bits. */
function inverseOf(odd: number): number {
  let found = odd;
  for (let bits = 3; bits < 32; bits *= 2) found = Math.imul(found, 2 - Math.imul(odd, found));
  return found;
}

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pair = (value: number, shift: number) => pairs[(value >>> shift) & 255] ?? '';
const four = (value: number) => pair(value, 8) + pair(value, 0);

/** The last `digits` of a 32-bit number. */
export function hex(value: number, digits: number): string {
  if (digits === 8) return pair(value, 24) + pair(value, 16) + four(value);
  return digits === 4 ? four(value) : four(value).slice(-digits);
}

/** The form of Halo's ids, a UUID of version 1: unique for each `n`, different for each seed. */
export function uuidOf(seed: number, n: number, kind: number): string {
  const low = mix(seed, n, kind);
  const high = mix(n, seed, kind + 1);
  return `${hex(scramble(n ^ (kind << 24)), 8)}-${hex(low, 4)}-11ef-${hex(0x8000 | (low >>> 18), 4)}-${hex(kind, 1)}${hex(high, 8)}${hex(low >>> 7, 3)}`;
}

/** As ids stand in paths and in v1. */
export const withoutHyphens = (id: string): string => id.replaceAll('-', '').toLowerCase();
