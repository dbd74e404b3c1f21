import assert from 'node:assert/strict';
import { createKnownWays, isAt, nextStop, type Stop } from '../../../../activities/jira/incidents/ways.ts';

/** `a>b c` : from a one comes to b and c; ends are in capitals. */
function graphOf(...lines: string[]) {
  const stop = (id: string): Stop => ({ id, name: `${id} status`, done: id === id.toUpperCase() });
  const exits = new Map(
    lines.map((line) => {
      const [from = '', to = ''] = line.split('>');
      return [from, to.split(' ').filter(Boolean).map(stop)];
    }),
  );
  return (id: string) => exits.get(id);
}

describe('the way through a workflow', () => {
  const cases: readonly (readonly [name: string, graph: string[], to: string, next: string | null])[] = [
    ['straight there', ['a>b c'], 'c', 'c'],
    ['by name in any case', ['a>b c'], 'C Status', 'c'],
    ['the shorter of two', ['a>b c', 'b>d', 'd>x', 'c>x'], 'x', 'c'],
    ['into what nobody has seen', ['a>b'], 'x', 'b'],
    ['the nearest that nobody has seen', ['a>b c', 'b>a'], 'x', 'c'],
    ['a known way before a new one', ['a>b c', 'b>d', 'd>x'], 'x', 'b'],
    ['through what was seen to what was not', ['a>b', 'b>a c'], 'x', 'b'],
    ['nowhere, when all is seen', ['a>b', 'b>a'], 'x', null],
    ['not through an end', ['a>D', 'D>x'], 'x', null],
    ['but into it', ['a>D'], 'D', 'D'],
    ['out of an end', ['D>a', 'a>x'], 'x', 'a'],
    ['nothing offered', ['a>'], 'x', null],
  ];
  for (const [name, graph, to, next] of cases)
    it(name, () => {
      const from = graph[0]?.split('>')[0] ?? '';
      assert.equal(nextStop(from, to, graphOf(...graph), { explore: true })?.id ?? null, next);
    });

  it('explores only where it may', () =>
    assert.equal(nextStop('a', 'x', graphOf('a>b'), { explore: false }), null));

  it('forgets a workflow after a while, and when it is told to', () => {
    let now = 0;
    const ways = createKnownWays(() => now);
    const form = { project: 'INC', issueType: 'Incident' };
    ways.learn(form, '1', []);
    assert.deepEqual(ways.exitsOf(form)('1'), []);
    assert.equal(ways.exitsOf({ ...form, issueType: 'Task' })('1'), undefined);
    now = 600_000;
    assert.equal(ways.exitsOf(form)('1'), undefined);
    ways.learn(form, '1', []);
    ways.forget(form);
    assert.equal(ways.exitsOf(form)('1'), undefined);
  });

  it('a status is named by its id, too', () =>
    assert.deepEqual(
      ['10002', ' done ', 'Don'].map((status) => isAt({ id: '10002', name: 'Done' }, status)),
      [true, true, false],
    ));
});
