import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  drawAgain,
  sampleSize,
  takeSample,
  toPopulation,
  toRankTexts,
  toSeed,
  toSeedText,
} from '../../workflows/change-inspection/sample.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const keys = (count: number, first = 1) =>
  Array.from({ length: count }, (_, index) => `PRODCM-${first + index}`);
const rules = { percent: 3, least: 5 };

describe('how many tickets are inspected', () => {
  const sizes: readonly [all: number, percent: number, least: number, size: number][] = [
    [0, 3, 5, 0],
    [1, 3, 5, 1],
    [4, 3, 5, 4],
    [5, 3, 5, 5],
    [6, 3, 5, 5],
    [100, 3, 5, 5],
    [166, 3, 5, 5],
    [167, 3, 5, 6],
    [200, 3, 5, 6],
    [201, 3, 5, 7],
    [1_000, 3, 5, 30],
    [1_001, 3, 5, 31],
    [10_000, 3, 5, 300],
    [100, 3, 1, 3],
    [100, 7, 1, 7],
    [100, 2.5, 1, 3],
    [1_000, 1.1, 1, 11],
    [10, 100, 5, 10],
    [3, 100, 1, 3],
    [50, 10, 1_000, 50],
    [1, 1, 1, 1],
  ];
  for (const [all, percent, least, size] of sizes)
    it(`${size} of ${all} at ${percent} % and ${least} at least`, () =>
      assert.equal(sampleSize(all, { percent, least }), size));
});

describe('the population', () => {
  const cases: readonly [name: string, given: readonly string[], sorted: readonly string[]][] = [
    [
      'is in the order of the numbers',
      ['PRODCM-10', 'PRODCM-9', 'PRODCM-100'],
      ['PRODCM-9', 'PRODCM-10', 'PRODCM-100'],
    ],
    ['has each ticket once', ['PRODCM-2', 'PRODCM-1', 'PRODCM-2'], ['PRODCM-1', 'PRODCM-2']],
    ['keeps projects apart', ['Z-1', 'A-20', 'A-3'], ['A-3', 'A-20', 'Z-1']],
    ['may be empty', [], []],
  ];
  for (const [name, given, sorted] of cases)
    it(name, () => assert.deepEqual(toPopulation(given.map((ticket) => ({ ticket }))), sorted));
});

describe('the sample of a month', () => {
  it('is the same whatever order Jira answers in', () => {
    const all = keys(200);
    assert.deepEqual(
      drawAgain('2026-10', all, rules, sha256),
      drawAgain('2026-10', all.toReversed(), rules, sha256),
    );
  });

  it('is what the workflow draws in steps', () => {
    const population = toPopulation(keys(300).map((ticket) => ({ ticket })));
    const seed = toSeed(sha256(toSeedText('2026-10', population)));
    const ranks = toRankTexts(seed, population).map(sha256);
    const sample = takeSample(population, ranks, rules);
    assert.deepEqual(drawAgain('2026-10', keys(300), rules, sha256), { population, seed, sample });
    assert.equal(sample.length, 9);
  });

  const changes: readonly [what: string, month: string, tickets: readonly string[]][] = [
    ['another month', '2026-09', keys(200)],
    ['one ticket more', '2026-10', keys(201)],
    ['one ticket fewer', '2026-10', keys(199)],
    ['another ticket', '2026-10', [...keys(199), 'PRODCM-777']],
  ];
  for (const [what, month, tickets] of changes)
    it(`is drawn anew for ${what}`, () => {
      const before = drawAgain('2026-10', keys(200), rules, sha256);
      const after = drawAgain(month, tickets, rules, sha256);
      assert.notEqual(after.seed, before.seed);
      assert.notDeepEqual(after.sample, before.sample);
    });

  it('is all of a small month, and nothing of an empty one', () => {
    assert.deepEqual(drawAgain('2026-10', keys(3), rules, sha256).sample.toSorted(), keys(3));
    const empty = drawAgain('2026-10', [], rules, sha256);
    assert.deepEqual([empty.population, empty.sample], [[], []]);
    assert.match(empty.seed, /^[0-9a-f]{32}$/);
  });

  it('prefers nobody: over 400 months each of 50 tickets is drawn about 40 times', () => {
    const drawn = new Map<string, number>();
    for (let month = 0; month < 400; month += 1)
      for (const ticket of drawAgain(`m${month}`, keys(50), rules, sha256).sample)
        drawn.set(ticket, (drawn.get(ticket) ?? 0) + 1);
    assert.equal(drawn.size, 50);
    for (const [ticket, times] of drawn) assert.ok(times > 15 && times < 70, `${ticket}: ${times}`);
  });

  it('is drawn alike by the commands of docs/inspections.md, and is what it says there', () => {
    const page = readFileSync(new URL('../../docs/inspections.md', import.meta.url), 'utf8');
    const [, commands = ''] = /```sh\n(printf [\s\S]*?)```/.exec(page) ?? [];
    const folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-sample-'));
    const said = execFileSync('sh', ['-ec', `${commands}\necho "$seed"\ncat population.txt`], {
      cwd: folder,
      encoding: 'utf8',
    });
    const lines = said.trim().split('\n');
    const [sample, [seed, ...population]] = [lines.slice(0, 5), lines.slice(5)];
    assert.deepEqual(drawAgain('2026-10', population, rules, sha256), { population, seed, sample });
    assert.ok(page.includes(`The seed is \`${seed}\`, the sample ${sample.join(', ')}.`));
  });
});
