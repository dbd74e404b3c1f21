import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
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
interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly annotations: { readonly summary: string; readonly document: string };
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

  function assertLabels(title: string, expr: string, words: string) {
    const [name = ''] = metricsIn(expr);
    const { labels, values } = rendered.get(name) ?? { labels: new Set(), values: new Set() };
    const grouped = [...expr.matchAll(/by \(([^)]+)\)/g)].flatMap(([, list = '']) => list.split(', '));
    const matched = [...expr.matchAll(/(\w+)(?:!=|!~|=~|=)"([^"]*)"/g)].filter(
      ([, label]) => label !== 'job',
    );
    const shown = [...words.matchAll(/\{\{(?: \$labels\.)?(\w+) ?\}\}/g)].map(([, label = '']) => label);
    for (const label of [...grouped, ...shown, ...matched.map(([, label = '']) => label)])
      assert.ok(labels.has(label), `${title}: ${name} has no label ${label}`);
    for (const value of matched.flatMap(([, , list = '']) => list.split('|')))
      assert.ok(values.has(value), `${title}: ${name} never has ${value}`);
  }

  it('and its README name every metric of the starters, and no other', () => {
    const names = [...rendered.keys()].sort();
    assert.equal(names.length, 8);
    assert.deepEqual([...metricsIn(expressions.join('\n'))].sort(), names);
    assert.deepEqual([...metricsIn(read('README.md'))].sort(), names);
    for (const name of metricsIn(JSON.stringify(dashboard.templating))) assert.ok(rendered.has(name), name);
  });

  it('uses labels and values that these metrics have', () => {
    for (const { title, targets } of panels)
      for (const { expr, legendFormat } of targets) assertLabels(title, expr, legendFormat);
  });

  it('has alerts beside it, over the same metrics, each with a document that says what to do', () => {
    const { groups } = parse(read('alerts.yaml')) as { groups: { rules: Alert[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    assert.ok(rules.length > 5);
    for (const { alert, expr, annotations } of rules) {
      // a counter has no refusal of every kind before it happened
      if (metricsIn(expr).size > 0 && !expr.includes('_total'))
        assertLabels(alert, expr, annotations.summary);
      const [file = '', anchor = ''] = annotations.document.split('#');
      const headings = readFileSync(path.join(root, file), 'utf8').match(/^#+ .*/gm) ?? [];
      const anchors = headings.map((line) => line.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'));
      assert.ok(anchor === '' || anchors.includes(anchor), `${alert}: ${annotations.document}`);
    }
    const parked = rules.find(({ alert }) => alert === 'LockkeeperIncidentParked');
    assert.deepEqual(parked?.for, '2m');
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
