import { NotAPlan } from './not-a-plan.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Anything that JavaScript might round, outside texts; what looks like it inside only costs time. */
const longNumber = /[:[,]\s*-?(?:\d[\d.]{15}|[\d.]+[eE])/;

/** Of the source text of a value: in V8, not yet in TypeScript's library. */
type Reviver = (name: string, value: unknown, context?: { readonly source?: string }) => unknown;

/**
 * JSON.parse that keeps apart what it would round to one number: such a number becomes a text of its digits.
 * @throws NotAPlan without the words of JSON.parse, which repeat the text
 */
export function parseExactJson(bytes: Uint8Array): unknown {
  try {
    const text = decoder.decode(bytes);
    return longNumber.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    throw new NotAPlan('it is not well-formed JSON in UTF-8 or UTF-16');
  }
}

const keepDigits: Reviver = (_name, value, context) => {
  const source = context?.source;
  const isRounded = typeof value === 'number' && source !== undefined && String(value) !== source;
  return isRounded ? `number ${source}` : value;
};
