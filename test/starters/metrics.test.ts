import assert from 'node:assert/strict';
import { createMetrics } from '../../starters/metrics.ts';

describe('createMetrics', () => {
  it('renders a counter before anything was counted', () => {
    const metrics = createMetrics();
    metrics.counter('a_total', 'A things.');
    assert.equal(metrics.render(), '# HELP a_total A things.\n# TYPE a_total counter\n');
  });

  it('counts each set of labels', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('a_total', 'A things.');
    for (const result of ['sent', 'refused', 'sent']) counter.increment({ via: 'cli', result });
    assert.deepEqual(metrics.render().split('\n').slice(2), [
      'a_total{via="cli",result="sent"} 2',
      'a_total{via="cli",result="refused"} 1',
      '',
    ]);
  });

  for (const [what, value, escaped] of [
    ['a backslash', 'C:\\x', 'C:\\\\x'],
    ['a quotation mark', 'say "a"', 'say \\"a\\"'],
    ['a line break', 'a\nb_total 1', 'a\\nb_total 1'],
    ['all of them', '\\n"\n', '\\\\n\\"\\n'],
  ] as const)
    it(`escapes ${what} in a label`, () => {
      const metrics = createMetrics();
      metrics.counter('a_total', 'A.').increment({ result: value });
      assert.equal(metrics.render().split('\n')[2], `a_total{result="${escaped}"} 1`);
    });

  it('escapes backslashes and line breaks in a help text, and nothing else', () => {
    const metrics = createMetrics();
    metrics.counter('a_total', 'one "\\"\ntwo');
    assert.equal(metrics.render().split('\n')[0], '# HELP a_total one "\\\\"\\ntwo');
  });

  it('keeps labels apart that only look alike when escaped', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('a_total', 'A.');
    counter.increment({ result: 'a\nb' });
    counter.increment({ result: 'a\\nb' });
    assert.equal(metrics.render().match(/ 1$/gm)?.length, 2);
  });

  describe('a gauge', () => {
    it('is left out until it is set, and when it is not known any more', () => {
      const metrics = createMetrics();
      const gauge = metrics.gauge('a', 'A.');
      assert.equal(metrics.render(), '');
      gauge.set([]);
      assert.equal(metrics.render(), '# HELP a A.\n# TYPE a gauge\n');
      gauge.set(undefined);
      assert.equal(metrics.render(), '');
    });

    it('has the values of the last time only', () => {
      const metrics = createMetrics();
      const gauge = metrics.gauge('a', 'A.');
      gauge.set([{ labels: { group: 'devops' }, value: 3 }]);
      gauge.set([
        { labels: { group: 'security' }, value: 0 },
        { labels: {}, value: 1.5 },
      ]);
      assert.equal(metrics.render(), '# HELP a A.\n# TYPE a gauge\na{group="security"} 0\na 1.5\n');
    });
  });
});
