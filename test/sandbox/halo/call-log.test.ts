import assert from 'node:assert/strict';
import { createCallLog, kindOfPath } from '../../../sandbox/shared/call-log.ts';

describe('what a front remembers of its calls', () => {
  const filled = (keep: number, calls = 100) => {
    const log = createCallLog();
    log.bound(keep);
    for (let n = 0; n < calls; n += 1) {
      const entry = { n: log.number(), at: '', method: 'GET', path: '/', query: '', status: 200 };
      log.add({ ...entry, actor: undefined }, n % 2 === 0 ? 'even' : 'odd');
    }
    return log;
  };

  it('all of them, unless it is bounded to the newest', () => {
    assert.equal(filled(Infinity).requests.length, 100);
    assert.equal(filled(0).requests.length, 0);
    const { requests } = filled(8);
    assert.ok(requests.length >= 8 && requests.length <= 10, String(requests.length));
    assert.equal(requests.at(-1)?.n, 100);
  });

  it('bounded later, the old ones go at once', () => {
    const log = filled(Infinity);
    log.bound(3);
    assert.deepEqual(
      log.requests.map(({ n }) => n),
      [98, 99, 100],
    );
  });

  it('counts every one, and starts anew when cleared', () => {
    const log = filled(0);
    assert.deepEqual(log.counts(), { total: 100, byKind: { even: 50, odd: 50 } });
    log.clear();
    assert.deepEqual(log.counts(), { total: 0, byKind: {} });
    assert.equal(log.number(), 101, 'numbers go on');
  });

  const kinds: readonly (readonly [string, string])[] = [
    ['/rest/api/3/issue/SEC-12/transitions', 'GET /rest/api/3/issue/:id/transitions'],
    ['/api/v4/projects/7001/jobs', 'GET /api/v4/projects/:id/jobs'],
    ['/v1/issues', 'GET /v1/issues'],
  ];
  for (const [path, kind] of kinds)
    it(`${path} is ${kind}`, () => assert.equal(kindOfPath('GET', path), kind));
});
