import { NotAPlan } from './not-a-plan.ts';

/** Told of what is in the object, in its order. The bytes are its own JSON text. */
export interface ScanListener {
  /** A member begins. @returns how its value is wanted: item by item (of an array), whole, or not at all */
  onMember(name: string): 'items' | 'whole' | 'skip';
  onItem(name: string, json: Buffer): void;
  onValue(name: string, json: Buffer): void;
}

/** One item or value that is larger is no resource of any provider, and would not fit into memory. */
const maxCaptured = 32 * 1024 * 1024;
/** Deeper than any provider's schema; the rules walk values recursively. */
const maxDepth = 200;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/** Where the scanner stands between values. */
type Expected =
  | 'start' // the object itself
  | 'first-member'
  | 'member'
  | 'colon'
  | 'value'
  | 'after-member'
  | 'first-item'
  | 'item'
  | 'after-item'
  | 'end'; // nothing more

/**
 * Finds the members of one JSON object in a stream of bytes and hands out those that are wanted, so that the whole is never in
 * memory. What is skipped is followed by its brackets and quotes, and not checked any further.
 */
export class ObjectScanner {
  readonly #listener: ScanListener;
  #expected: Expected = 'start';
  /** The member whose value comes. */
  #name = '';
  #wanted: 'items' | 'whole' | 'skip' = 'skip';
  // of the value that is being read; #reading is what it is
  #reading: 'none' | 'name' | 'value' | 'item' = 'none';
  #depth = 0;
  #inText = false;
  #escaped = false;
  #isCaptured = false;
  #captured: Buffer[] = [];
  #capturedLength = 0;

  constructor(listener: ScanListener) {
    this.#listener = listener;
  }

  /** @throws NotAPlan for what is no JSON object · what the listener throws */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#reading === 'none' ? this.#step(chunk, at) : this.#read(chunk, at);
  }

  /** @throws NotAPlan when the object has not ended */
  end(): void {
    if (this.#expected !== 'end') throw new NotAPlan('it ends in the middle: it was cut off');
  }

  /** One byte between values. @returns where to go on */
  #step(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    switch (this.#expected) {
      case 'start':
        return this.#require(byte === openObject, 'first-member', at);
      case 'first-member':
      case 'member':
        if (byte === closeObject && this.#expected === 'first-member') return this.#require(true, 'end', at);
        if (byte !== quote) throw malformed();
        return this.#begin('name', true, at);
      case 'colon':
        return this.#require(byte === colon, 'value', at);
      case 'value':
        if (this.#wanted === 'items' && byte === openList) return this.#require(true, 'first-item', at);
        return this.#begin('value', this.#wanted !== 'skip', at);
      case 'first-item':
      case 'item':
        if (byte === closeList && this.#expected === 'first-item')
          return this.#require(true, 'after-member', at);
        return this.#begin('item', true, at);
      case 'after-member':
        return this.#require(byte === comma || byte === closeObject, byte === comma ? 'member' : 'end', at);
      case 'after-item':
        return this.#require(
          byte === comma || byte === closeList,
          byte === comma ? 'item' : 'after-member',
          at,
        );
      case 'end':
        throw new NotAPlan('something follows the JSON object');
    }
  }

  #require(holds: boolean, next: Expected, at: number): number {
    if (!holds) throw malformed();
    this.#expected = next;
    return at + 1;
  }

  #begin(reading: 'name' | 'value' | 'item', isCaptured: boolean, at: number): number {
    this.#reading = reading;
    this.#isCaptured = isCaptured;
    return at;
  }

  /** Follows a value through this chunk: the only loop over every byte. @returns where to go on */
  #read(chunk: Buffer, from: number): number {
    let depth = this.#depth;
    let inText = this.#inText;
    let escaped = this.#escaped;
    let at = from;
    let hasEnded = false;
    for (; at < chunk.length && !hasEnded; at += 1) {
      const byte = chunk[at];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) {
          inText = false;
          hasEnded = depth === 0;
        }
      } else if (byte === quote) inText = true;
      else if (byte === openObject || byte === openList) {
        depth += 1;
        if (depth > maxDepth) throw new NotAPlan(`it is nested deeper than ${maxDepth} levels`);
      } else if (byte === closeObject || byte === closeList || (byte === comma && depth === 0)) {
        // a number, true, false or null ends before what follows it
        if (depth === 0) break;
        depth -= 1;
        hasEnded = depth === 0;
      }
    }
    this.#depth = depth;
    this.#inText = inText;
    this.#escaped = escaped;
    this.#keep(chunk.subarray(from, at));
    if (hasEnded || at < chunk.length) this.#finish();
    return at;
  }

  #keep(bytes: Buffer): void {
    if (!this.#isCaptured) return;
    this.#capturedLength += bytes.length;
    if (this.#capturedLength > maxCaptured) throw new NotAPlan('one resource of it has more than 32 MB');
    this.#captured.push(bytes);
  }

  #finish(): void {
    const [only] = this.#captured;
    const json = this.#captured.length === 1 && only ? only : Buffer.concat(this.#captured);
    const reading = this.#reading;
    const isCaptured = this.#isCaptured;
    this.#reading = 'none';
    this.#captured = [];
    this.#capturedLength = 0;
    if (reading === 'name') {
      this.#name = parseText(json);
      this.#wanted = this.#listener.onMember(this.#name);
    } else if (reading === 'item') this.#listener.onItem(this.#name, json);
    else if (isCaptured) this.#listener.onValue(this.#name, json);
    this.#expected = reading === 'name' ? 'colon' : reading === 'item' ? 'after-item' : 'after-member';
  }
}

function parseText(json: Buffer): string {
  try {
    return JSON.parse(json.toString('utf8')) as string;
  } catch {
    throw malformed();
  }
}

function malformed(): NotAPlan {
  return new NotAPlan('it is not well-formed JSON');
}
