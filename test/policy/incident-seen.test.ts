import assert from 'node:assert/strict';
import { isIdle, isSeen, remember } from '../../workflows/sweeps/seen.ts';

const minute = 60_000;
const nowMs = Date.parse('2026-11-23T12:00:00Z');
const window = { fromMs: nowMs - 10 * minute, nowMs };
const ago = (minutes: number) => nowMs - minutes * minute;

describe('what a sweep has told', () => {
  const told = remember(
    [
      ['1', ago(5)],
      ['2', ago(10)],
      ['3', ago(30)],
      ['4', ago(0.5)],
      ['5', ago(-5)],
    ],
    window,
  );

  it('is remembered while the next pass finds it again', () => {
    assert.deepEqual(Object.keys(told), ['1', '2']);
    assert.ok(isSeen(told, ['1', ago(5)]));
  });

  it('is told again when it changed since, or when it is not remembered', () => {
    assert.ok(!isSeen(told, ['1', ago(4)]));
    assert.ok(!isSeen(told, ['6', ago(5)]));
    assert.ok(!isSeen(undefined, ['1', ago(5)]));
  });

  it('is told again when it was so new that a second change may bear the same time', () => {
    assert.ok(!isSeen(told, ['4', ago(0.5)]));
    assert.ok(!isSeen(told, ['5', ago(-5)]));
  });

  it('is told again when a time cannot be read', () => {
    assert.ok(!isSeen(remember([['7', Number.NaN]], window), ['7', Number.NaN]));
  });

  it('never grows beyond what a result may hold', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => [String(1e9 + index), ago(5)] as const);
    const many = remember(rows, window);
    assert.ok(JSON.stringify(many).length < 60_000);
    assert.ok(isSeen(many, ['1000000000', ago(5)]));
  });
});

describe('a sweep without an open case', () => {
  const at = new Date(ago(3)).toISOString();

  it('has nothing to look for until five minutes have passed (S-42)', () => {
    assert.ok(isIdle({ open: 0, at }, nowMs));
    assert.ok(isIdle({ open: 0, at }, nowMs + 2 * minute - 1));
    assert.ok(!isIdle({ open: 0, at }, nowMs + 2 * minute));
    assert.ok(!isIdle({ open: 1, at }, nowMs));
  });
});
