import assert from 'node:assert/strict';
import { startEndpoint } from './hook-endpoint.ts';
import { findingIssue } from './finding-issue.ts';
import { paragraph, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: many issues in one call', () => {
  let jira: RunningJira;
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
  before(async () => {
    endpoint = await startEndpoint();
    jira = await startJira({ webhook: { url: endpoint.url, secret: 's' } });
  });
  after(async () => {
    await jira.stop();
    await endpoint.stop();
  });
  const bulk = (issueUpdates: unknown) => jira.call('POST', '/issue/bulk', { issueUpdates });
  const good = (more = {}) => ({ fields: findingIssue(more) });
  const bad = good({ summary: '' });

  it('creates each with its properties, in the order given', async () => {
    const issueUpdates = ['one', 'two'].map((summary) => ({
      ...good({ summary }),
      properties: [{ key: 'lockkeeper', value: { summary } }],
    }));
    const { issues = [], errors } = await jira.as('jira-bot').issues.createIssues({ issueUpdates });
    const read = await jira.as('dana').issues.bulkFetchIssues({
      issueIdsOrKeys: issues.map(({ id }) => id),
      ...{ fields: ['summary', 'creator'], properties: ['lockkeeper'] },
    });
    assert.deepEqual(errors, []);
    assert.deepEqual(
      read.issues?.map(({ fields, properties }) => [
        fields?.['summary'] as string,
        properties?.['lockkeeper'] as object,
      ]),
      [
        ['one', { summary: 'one' }],
        ['two', { summary: 'two' }],
      ],
    );
    assert.equal(read.issues?.[0]?.fields?.['creator'].displayName, 'Jira Bot');
  });

  it('creates what it can, and says of the rest which and why', async () => {
    const { status, body } = await bulk([good(), bad, good(), { fields: {} }]);
    const { issues, errors } = body as { issues: { key: string }[]; errors: object[] };
    assert.deepEqual([status, issues.length], [201, 2]);
    assert.deepEqual(errors, [
      {
        status: 400,
        elementErrors: { errorMessages: [], errors: { summary: 'You must specify a summary of the issue.' } },
        failedElementNumber: 1,
      },
      {
        status: 400,
        elementErrors: { errorMessages: [], errors: { project: 'Specify a valid project ID or key' } },
        failedElementNumber: 3,
      },
    ]);
  });

  it('answers 400 when none could be created', async () => {
    const { status, body } = await bulk([bad, bad]);
    const { issues, errors } = body as { issues: object[]; errors: object[] };
    assert.deepEqual([status, issues.length, errors.length], [400, 0, 2]);
  });

  for (const [name, updates] of [
    ['51 issues', Array.from({ length: 51 }, () => good())],
    ['none', []],
    ['no list', {}],
  ] as const)
    it(`refuses ${name}`, async () => {
      assert.equal((await bulk(updates)).status, 400);
    });

  it('moves a new one by a transition, and says when that failed', async () => {
    const { body } = await bulk([
      { ...good(), transition: { id: '21' } },
      { ...good(), transition: { id: '41' } },
      good(),
    ]);
    const { issues } = body as { issues: { id: string; transition?: { status: number } }[] };
    assert.deepEqual(
      issues.map(({ transition }) => transition?.status),
      [200, 400, undefined],
    );
    const read = await jira.as('dana').issues.bulkFetchIssues({
      ...{ issueIdsOrKeys: issues.map(({ id }) => id), fields: ['status'] },
    });
    assert.deepEqual(
      read.issues?.map(({ fields }) => fields?.['status'].name as string),
      ['Done', 'To Do', 'To Do'],
    );
  });

  it('takes labels and a comment by update', async () => {
    const update = { labels: [{ add: 'extra' }], comment: [{ add: { body: paragraph('first') } }] };
    const fields: Record<string, unknown> = findingIssue();
    delete fields['labels'];
    const { body } = await bulk([{ fields, update }]);
    const { id = '' } = (body as { issues: { id: string }[] }).issues[0] ?? {};
    const issue = await jira.as('dana').issues.getIssue({ issueIdOrKey: id });
    assert.deepEqual([issue.fields?.['labels'], issue.fields?.['comment'].total], [['extra'], 1]);
  });

  it('tells webhooks of each, and of none while they are off', async () => {
    await jira.settled();
    const before = endpoint.received.length;
    await jira.control('webhooks', { on: false });
    await bulk([good(), good()]);
    await jira.settled();
    assert.equal(endpoint.received.length, before);
    await jira.control('webhooks', { on: true });
    await bulk([good(), good()]);
    await jira.settled();
    assert.equal(endpoint.received.length, before + 2);
    assert.match(JSON.stringify((await jira.control('webhooks', {})).body), /on: true or false/);
  });
});
