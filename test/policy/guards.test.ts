import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { isRecord, text, wholeNumber } from '../../workflows/shared/guards.ts';
import { undecodable } from '../../worker/payload-converter.ts';

const noRecords: readonly unknown[] = [
  undefined,
  null,
  0,
  7,
  NaN,
  '',
  'text',
  true,
  [],
  [{ field: 'x' }],
  Symbol('x'),
];

describe('isRecord', () => {
  for (const value of noRecords)
    it(`is false for ${String(value)}`, () => assert.equal(isRecord(value), false));
  for (const value of [{}, { field: 1 }, Object.create(null), undecodable])
    it(`is true for ${JSON.stringify(value)}`, () => assert.equal(isRecord(value), true));
});

describe('text', () => {
  for (const value of ['x', ' ', 'x'.repeat(500), '\u0000'])
    it(`gives ${value.length} characters`, () => assert.equal(text({ field: value }, 'field'), value));
  for (const value of ['', 'x'.repeat(501), 'x'.repeat(1_000_000), 7, null, undefined, ['x'], {}, true])
    it(`refuses ${JSON.stringify(value)?.slice(0, 20)}`, () =>
      assert.equal(text({ field: value }, 'field'), undefined));
  for (const payload of [...noRecords, undecodable])
    it(`finds nothing in ${JSON.stringify(payload)}`, () => assert.equal(text(payload, 'field'), undefined));
});

describe('wholeNumber', () => {
  for (const value of [0, 1, Number.MAX_SAFE_INTEGER])
    it(`gives ${value}`, () => assert.equal(wholeNumber({ field: value }, 'field'), value));
  for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53, '7', null, undefined, [7], {}])
    it(`refuses ${inspect(value)}`, () => assert.equal(wholeNumber({ field: value }, 'field'), undefined));
  for (const payload of [...noRecords, undecodable])
    it(`finds nothing in ${JSON.stringify(payload)}`, () =>
      assert.equal(wholeNumber(payload, 'field'), undefined));
});
