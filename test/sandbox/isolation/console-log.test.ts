import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createConsoleLog } from '../../../sandbox/aws/console-log.ts';

const line = (n: number) => `${String(n).padStart(1023, '.')}\n`;

describe('createConsoleLog', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'console-'));
    file = path.join(folder, 'i-1.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps what was written', async () => {
    await pipeline(Readable.from(['one\n', 'two\n']), createConsoleLog(file));
    assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\n');
  });

  it('keeps the end of an endless console, and its file small', async () => {
    await pipeline(Readable.from(Array.from({ length: 10_000 }, (_, n) => line(n))), createConsoleLog(file));
    assert.ok(statSync(file).size <= 4 * 1024 * 1024);
    const last64KiB = Array.from({ length: 64 }, (_, n) => line(9936 + n)).join('');
    assert.equal(readFileSync(file, 'utf8').slice(-64 * 1024), last64KiB);
  });

  it('refuses a console that is there: its instance was booted before', async () => {
    await pipeline(Readable.from(['one\n']), createConsoleLog(file));
    assert.throws(() => createConsoleLog(file), { code: 'EEXIST' });
  });
});
