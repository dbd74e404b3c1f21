import assert from 'node:assert/strict';
import { stateAt } from '../../../sandbox/jira/entry.ts';
import { createAccess } from '../../../sandbox/jira/access.ts';
import { createIssueStore } from '../../../sandbox/jira/issue-store.ts';
import { toPlan } from '../../../sandbox/jira/jql-plan.ts';
import { parseJql } from '../../../sandbox/jira/jql.ts';
import { seedIssues } from '../../../sandbox/jira/seed.ts';
import { createIdSource, type Site } from '../../../sandbox/jira/site.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';
import { findingFields, findingIssue } from './finding-issue.ts';
import { startJira } from './jira-site.ts';

describe('jira sandbox: a large site', () => {
  const count = 3_000;
  let site: Site;
  let now = Date.UTC(2026, 10, 4);
  const id = (n: number) => `8f14e45f-${String(n).padStart(4, '0')}-467a-9a36-${String(n).padStart(12, '0')}`;
  const template = {
    fields: findingIssue({
      [findingFields.haloId]: '8f14e45f-{n:4}-467a-9a36-{n:12}',
      labels: ['lk-halo', 'lk-finding-{n}'],
    }),
  };
  before(() => {
    site = {
      people: createPeople(),
      issues: createIssueStore(),
      now: () => new Date(now),
      nextId: createIdSource(),
      rendering: (api) => ({ base: 'http://127.0.0.1', api, withoutEmail: new Set() }),
      access: createAccess(),
      publish: () => undefined,
    };
    seedIssues(site, { count, template });
  });

  const planOf = (jql: string) => {
    const { where } = parseJql(jql);
    const [actor] = site.people;
    if (!where || !actor) throw new Error('a restriction is expected');
    const idOf = (idOrKey: string) => site.issues.find(idOrKey)?.id;
    return toPlan(where, { actor, now: site.now(), idOf }, site.issues);
  };
  const selected = (jql: string) =>
    [...planOf(jql).select((entry) => stateAt(entry, now))].map(({ number }) => number - 10_000);
  const hundred = Array.from({ length: 100 }, (_, index) => 7 * index + 1);

  const lookUps: [name: string, jql: string, most: number][] = [
    ['100 ids', hundred.map((n) => `cf[10080] ~ "\\"${id(n)}\\""`).join(' OR '), 100],
    [
      '100 ids within projects',
      `project in (SEC) AND (${hundred.map((n) => `cf[10080] ~ "\\"${id(n)}\\""`).join(' OR ')})`,
      100,
    ],
    ['100 labels', `labels in (${hundred.map((n) => `lk-finding-${n}`).join(', ')})`, 100],
    ['100 keys', `key in (${hundred.map((n) => `SEC-${n}`).join(', ')}) AND statusCategory != Done`, 100],
  ];
  for (const [name, jql, most] of lookUps)
    it(`looks at no more issues than there are: ${name}`, () => {
      assert.ok(planOf(jql).size <= most, `${planOf(jql).size}`);
      assert.deepEqual(
        selected(jql).toSorted((a, b) => a - b),
        hundred,
      );
    });

  for (const jql of [
    'labels = lk-finding-7 OR statusCategory = Done',
    'NOT labels = lk-finding-7',
    'cf[10080] ~ "8f*"',
    'labels is EMPTY',
  ])
    it(`walks through all of them for ${jql}`, () => {
      assert.equal(planOf(jql).size, Infinity);
    });

  it('keeps its index true through changes, and lets old states go', () => {
    const issue = site.issues.get('SEC-5');
    const before = issue.values;
    for (const text of ['first', 'second', 'third']) {
      now += 60_000;
      issue.values = { ...before, customfield_10080: text, labels: [text] };
      site.issues.save(issue, site.now());
    }
    assert.deepEqual([selected('labels = third'), selected('cf[10080] ~ third')], [[5], [5]]);
    assert.deepEqual([selected('labels = first'), planOf('labels = first').size], [[], 1]);
    now += 20 * 60_000;
    for (let n = 100; n < 1_200; n += 1) site.issues.save(site.issues.get(`SEC-${n}`), site.now());
    now += 20 * 60_000;
    site.issues.save(site.issues.get('SEC-6'), site.now());
    assert.equal(planOf('labels = first').size, 0);
    assert.equal(planOf('labels = third').size, 1);
    assert.equal(site.issues.entryOf('SEC-5')?.states.length, 1);
  });

  it('seeds from a template, and answers the ends only', async () => {
    const jira = await startJira();
    const { body } = await jira.control('seed', {
      count: 3,
      from: 8,
      quiet: true,
      template: { ...template, status: 'Done' },
    });
    const { first, last } = body as Record<string, { key: string }>;
    const issue = await jira.as('dana').issues.getIssue({ issueIdOrKey: last?.key ?? '' });
    const fault = await jira.control('seed', { count: 1.5, template });
    await jira.stop();
    assert.deepEqual([first?.key, last?.key], ['SEC-1', 'SEC-3']);
    assert.deepEqual(issue.fields?.['labels'], ['lk-halo', 'lk-finding-10']);
    assert.equal(issue.fields?.[findingFields.haloId], id(10));
    assert.equal(issue.fields?.['resolution'].name, 'Done');
    assert.match(JSON.stringify(fault.body), /a whole number/);
  });

  it('walks in order of creation only where nobody seeded a past', () => {
    assert.equal(site.issues.isInOrderOfCreation(), true);
    seedIssues(site, { issues: [{ ...template, created: '2020-01-01T00:00:00.000Z' }] });
    assert.equal(site.issues.isInOrderOfCreation(), false);
  });

  it('counts calls by what they do', async () => {
    const jira = await startJira();
    for (const path of ['/issue/SEC-1', '/issue/SEC-2', '/nothing']) await jira.call('GET', path);
    const answer = await fetch(`${jira.url}/_sandbox/calls`, { headers: { 'x-sandbox-token': 'control' } });
    const { total, byKind } = (await answer.json()) as { total: number; byKind: Record<string, number> };
    await jira.stop();
    assert.deepEqual([total, byKind], [3, { 'GET (unknown)': 1, 'GET /rest/api/3/issue/{issueIdOrKey}': 2 }]);
  });
});
