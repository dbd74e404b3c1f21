import assert from 'node:assert/strict';
import { toSessionName } from '../../../activities/sts/session-name.ts';

describe('STS: session name', () => {
  const cases: [string, string][] = [
    ['lockkeeper', 'lockkeeper'],
    ['a_b+c=d,e.f@g-h', 'a_b+c=d,e.f@g-h'],
    ['agent-promotion:main:1', 'agent-promotion-main-1'],
    ['zürich büro', 'z-rich-b-ro'],
    ['x'.repeat(80), 'x'.repeat(64)],
  ];
  for (const [name, expected] of cases)
    it(JSON.stringify(name), () => assert.equal(toSessionName(name), expected));
  for (const name of ['', 'x'])
    it(`${JSON.stringify(name)} is too short`, () =>
      assert.throws(() => toSessionName(name), { type: 'InvalidInput', message: /sessionName/ }));
});
