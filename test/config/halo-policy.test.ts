import assert from 'node:assert/strict';
import { digestOf } from '../../config/canonical-json.ts';
import { formsOf } from '../../config/halo-forms.ts';
import { findSource, toFindingPolicy } from '../../config/halo-policy.ts';
import { configOf, exampleWith } from './example-config.ts';
import { plainSource, sound } from './halo-config.ts';

const configWith = (changes: Readonly<Record<string, unknown>> = {}) =>
  configOf(exampleWith({ ...structuredClone(sound), ...changes }));
const plain = (part: object = {}) =>
  toFindingPolicy(
    configOf(exampleWith({ 'processes.halo': { sources: [{ ...plainSource, ...part }] } })),
    'halo',
  );

describe('toFindingPolicy', () => {
  it('has the rules of the source, whole, with their digest', () => {
    const { digest, ...rules } = toFindingPolicy(configWith(), 'halo');
    assert.equal(digest, digestOf(rules));
    // as Temporal carries it
    assert.deepEqual(JSON.parse(JSON.stringify(rules)), rules);
    assert.deepEqual([rules.name, rules.version, rules.source, rules.site], ['halo', 1, 'halo', 'main']);
    assert.deepEqual(rules.filters, { group_name: 'Web servers', max_cvss_gte: '7' });
    assert.deepEqual(rules.dueDays, { critical: 7, high: 30 });
    assert.deepEqual(rules.dueRules, [
      { when: [{ field: 'issue_critical', oneOf: ['true'] }], days: { high: 14 } },
    ]);
    assert.deepEqual(rules.dueCalendar, { weekdays: [1, 2, 3, 4, 5], holidays: ['2026-12-25'] });
    assert.deepEqual(rules.remindAt, [50, 100]);
    assert.equal(rules.runLinkBase, 'https://temporal.example.com/namespaces/default/workflows/');
  });

  it('keeps the order of mapping and static fields, with the types of values', () => {
    const { mapping, static: fixed } = toFindingPolicy(configWith(), 'halo');
    assert.deepEqual(mapping, [
      { from: 'issue_rule_key', to: 'Halo Rule Key' },
      { from: 'asset.os_type', to: 'OS' },
      { from: 'asset.os_type', to: 'Platform' },
    ]);
    assert.deepEqual(fixed, [
      { to: 'Source', value: 'Halo' },
      { to: 'Weight', value: 3 },
      { to: 'Audited', value: false },
    ]);
  });

  it('ends its routes with the one that takes what no other does', () => {
    const { routes } = toFindingPolicy(configWith(), 'halo');
    const nothing = { priority: null, components: [], assignee: null, groupBy: null, sync: true };
    const own = { project: 'SEC', issueType: 'Security Finding' };
    assert.deepEqual(routes, [
      {
        ...{ ...nothing, ...own, name: 'lab', sync: false },
        when: [{ field: 'asset_group_path', oneOf: ['Lab*'] }],
      },
      {
        ...{ name: 'packages', project: 'VULN', issueType: 'Task', priority: 'Low', components: ['web'] },
        ...{ assignee: 'dev', groupBy: '{issue_rule_key} in {asset_group_path}', sync: true },
        when: [
          { field: 'issue_type', oneOf: ['sva', 'csm'] },
          { field: 'issue_critical', oneOf: ['false'] },
        ],
      },
      { ...nothing, ...own, name: 'default', when: [] },
    ]);
  });

  it('has no such end when what no route takes is parked', () => {
    const config = configWith({ 'processes.halo.sources.0.unrouted': 'park' });
    const { routes } = toFindingPolicy(config, 'halo');
    assert.deepEqual(
      routes.map(({ name }) => name),
      ['lab', 'packages'],
    );
    const source = findSource(config, 'halo');
    assert.deepEqual(source && formsOf(source).map((form) => form.path), ['.routes[1]']);
  });

  it('asks whom the approvals name', () => {
    const { flood, acceptance } = toFindingPolicy(configWith(), 'halo');
    assert.deepEqual(
      [flood?.limit, flood?.approval.name, flood?.groupBy],
      [500, 'production', '{issue_rule_key}'],
    );
    assert.deepEqual([acceptance?.approval.name, acceptance?.maxDays], ['production', 90]);
  });

  it('has sensible rules where nothing is said', () => {
    const policy = plain();
    assert.deepEqual(policy.types, ['sva', 'csm', 'fim', 'lids']);
    assert.deepEqual([policy.flood, policy.acceptance, policy.newStatus], [null, null, null]);
    assert.deepEqual(
      [policy.recordResolved, policy.comments, policy.updateFields],
      [true, 'each-finding', true],
    );
    assert.deepEqual(
      [policy.closeAfterMinutes, policy.reopenAfterMinutes, policy.flapLimit, policy.missing],
      [0, 0, 3, 'close'],
    );
  });

  it('leaves a ticket closed that a person closed, when told so', () =>
    assert.equal(plain({ reopenAfterMinutes: null }).reopenAfterMinutes, null));

  it('has another digest for each change of a rule or an approval, and not for how it is read', () => {
    const changes = [{}, { criticalOnly: true }, { close: 'Finish' }, { version: 2 }, { project: 'OPS' }];
    const digests = [
      ...changes.map((part) => plain(part).digest),
      toFindingPolicy(configWith(), 'halo').digest,
      toFindingPolicy(configWith({ 'approvals.production.version': 9 }), 'halo').digest,
    ];
    assert.equal(new Set(digests).size, digests.length);
    assert.equal(plain({ everyMinutes: 5, haloCallsPerSecond: 5, api: 'v1' }).digest, plain().digest);
  });

  for (const name of ['other', 'constructor', ''])
    it(`knows no source "${name}"`, () => {
      assert.equal(findSource(configWith(), name), undefined);
      assert.throws(() => toFindingPolicy(configWith(), name), /no source of findings/);
    });
});

describe('formsOf', () => {
  it('has what tickets of each route are made of, and not of those that make none', () => {
    const source = findSource(configWith(), 'halo');
    assert.ok(source);
    const common = ['Halo Rule Key', 'OS', 'Platform', 'Source', 'Weight', 'Audited', 'duedate'];
    assert.deepEqual(formsOf(source), [
      { path: '', project: 'SEC', issueType: 'Security Finding', fields: common },
      {
        ...{ path: '.routes[1]', project: 'VULN', issueType: 'Task' },
        fields: [...common, 'priority', 'components', 'assignee'],
      },
    ]);
  });
});
