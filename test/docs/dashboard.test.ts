import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createServer } from '../../starters/server.ts';
import { configOf } from '../config/example-config.ts';
import { createTemporalDouble } from '../starters/temporal-double.ts';
import { createVisibilityDouble } from '../starters/visibility-double.ts';
import { root } from './compose-file.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
  }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

const read = (file: string) => readFileSync(path.join(root, 'deploy/grafana', file), 'utf8');
const dashboard = JSON.parse(read('lockkeeper.json')) as Dashboard;
const { panels } = dashboard;
const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const metricsIn = (text: string) => new Set(text.match(/lockkeeper_\w+/g));

/** The metrics that the starters' server renders, each with its type and the labels of its samples. */
async function scrape(): Promise<Map<string, { type: string; labels: Set<string>; values: Set<string> }>> {
  const config = configOf(undefined, { LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'x' });
  const { app } = createServer({
    ...{ config, secrets: config.secrets, client: createTemporalDouble(), now: Date.now },
    ...{ visibility: createVisibilityDouble([]).client, isReady: async () => true, log: () => undefined },
  });
  // one refused call of each kind: a counter has labels from its first event on
  await app.inject({ method: 'POST', url: '/webhooks/jira', payload: {} });
  await app.inject({ method: 'POST', url: '/decisions', payload: {} });
  await app.inject({ method: 'POST', url: '/gates/change', payload: {} });
  const { body } = await app.inject('/metrics');
  await app.close();
  const found = [...body.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => {
    const samples = [...body.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? \\d+$`, 'gm'))];
    const pairs = samples.flatMap(([, labels = '']) => [...labels.matchAll(/(\w+)="([^"]*)"/g)]);
    const [labels, values] = [1, 2].map((part) => new Set(pairs.map((pair) => pair[part] ?? '')));
    return [
      name,
      { type, labels: labels ?? new Set<string>(), values: values ?? new Set<string>() },
    ] as const;
  });
  return new Map(found);
}

describe('deploy/grafana/lockkeeper.json', () => {
  let rendered: Awaited<ReturnType<typeof scrape>>;
  before(async () => void (rendered = await scrape()));

  it('and its README name every metric of the starters, and no other', () => {
    const names = [...rendered.keys()].sort();
    assert.equal(names.length, 8);
    assert.deepEqual([...metricsIn(expressions.join('\n'))].sort(), names);
    assert.deepEqual([...metricsIn(read('README.md'))].sort(), names);
    for (const name of metricsIn(JSON.stringify(dashboard.templating))) assert.ok(rendered.has(name), name);
  });

  it('uses labels and values that these metrics have', () => {
    for (const { title, targets } of panels)
      for (const { expr, legendFormat } of targets) {
        const [name = ''] = metricsIn(expr);
        const { labels, values } = rendered.get(name) ?? { labels: new Set(), values: new Set() };
        const grouped = [...expr.matchAll(/by \(([^)]+)\)/g)].flatMap(([, list = '']) => list.split(', '));
        const matched = [...expr.matchAll(/(\w+)(?:!=|=~|=)"([^"]*)"/g)].filter(
          ([, label]) => label !== 'job',
        );
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        for (const label of [...grouped, ...shown, ...matched.map(([, label = '']) => label)])
          assert.ok(labels.has(label), `${title}: ${name} has no label ${label}`);
        for (const value of matched.flatMap(([, , list = '']) => list.split('|')))
          assert.ok(values.has(value), `${title}: ${name} never has ${value}`);
      }
  });

  it('counts runs once, however many starters there are, and events of all of them', () => {
    for (const expr of expressions) {
      const [name = ''] = metricsIn(expr);
      const isGauge = rendered.get(name)?.type === 'gauge';
      assert.match(expr, isGauge ? /^(sum.*\()?(max|min)( by \([^)]+\) )?\(lockkeeper_/ : /^sum by /);
    }
  });

  it('asks the chosen Prometheus and job only', () => {
    assert.deepEqual(
      dashboard.templating.list.map(({ name }) => name),
      ['datasource', 'job'],
    );
    for (const { datasource } of panels) assert.equal(datasource.uid, '${datasource}');
    for (const expr of expressions) assert.match(expr, /\{job=~"\$job"/);
  });

  it('has panels that say what they show, and do not lie over each other', () => {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`),
    );
    assert.equal(new Set(cells).size, cells.length);
    for (const { gridPos, description } of panels) {
      assert.ok(gridPos.x + gridPos.w <= 24);
      assert.ok(description.length > 10);
    }
  });
});
