import assert from 'node:assert/strict';
import type { AccountState } from '../../activities/s3/port.ts';
import { compareVersions, judgeVersion } from '../../workflows/agent-promotion/production-rules.ts';

const holding = (account: string, version: string | null): AccountState => ({
  account,
  manifest: version === null ? 'absent' : 'present',
  version,
  versions: version === null ? [] : [version],
  entry: null,
  manifestVersionId: null,
});

describe('judgeVersion', () => {
  const strict = { downgrade: 'refuse', sameVersion: 'refuse' } as const;
  const lax = { downgrade: 'allow', sameVersion: 'repair' } as const;
  const cases: readonly [string, Parameters<typeof judgeVersion>, RegExp | true][] = [
    ['a newer version', ['1.4.2', [holding('a', '1.4.1')], strict], true],
    ['empty accounts', ['1.4.2', [holding('a', null)], strict], true],
    ['no accounts at all', ['1.4.2', [], strict], true],
    [
      'one account is ahead',
      ['1.4.2', [holding('a', '1.4.1'), holding('b', '1.10.0')], strict],
      /b has 1\.10\.0/,
    ],
    ['all accounts have it', ['1.4.2', [holding('a', '1.4.2')], strict], /every production account already/],
    ['one account lacks it', ['1.4.2', [holding('a', '1.4.2'), holding('b', '1.4.1')], strict], true],
    ['an older version, allowed', ['1.0.0', [holding('a', '2.0.0')], lax], true],
    ['the same version, to repair', ['2.0.0', [holding('a', '2.0.0')], lax], true],
    ['a foreign version', ['1.4.2', [holding('a', 'latest')], strict], true],
  ];
  for (const [name, input, expected] of cases)
    it(name, () => {
      const verdict = judgeVersion(...input);
      if (expected === true) assert.deepEqual(verdict, { ok: true });
      else assert.match(verdict.ok ? '' : verdict.reason, expected);
    });
});

describe('compareVersions', () => {
  const cases: readonly [string, string, number][] = [
    ['1.2.3', '1.2.3', 0],
    ['1.2.10', '1.2.9', 1],
    ['2.0.0', '10.0.0', -1],
    ['1.2', '1.2.0', -1],
    ['x.2.3', '0.0.0', -1],
    ['1.0.99999999999999999999', '1.0.99999999999999999998', 1],
  ];
  for (const [a, b, expected] of cases)
    it(`${a} and ${b}`, () => {
      assert.equal(compareVersions(a, b), expected);
      assert.equal(compareVersions(b, a), expected === 0 ? 0 : -expected);
    });
});
