import assert from 'node:assert/strict';
import { deployRequest, moveTo, paragraph, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: issues', () => {
  let jira: RunningJira;
  before(async () => {
    jira = await startJira();
  });
  after(() => jira.stop());
  const create = async (more = {}) =>
    (await jira.as('sam').issues.createIssue({ fields: deployRequest(more) })).key;

  it('creates a deploy request in ToDo, created by the caller and reported by whom the caller names', async () => {
    const reporter = { accountId: jira.person('sofia').jira.accountId };
    const made = await jira.as('jira-bot').issues.createIssue({ fields: deployRequest({ reporter }) });
    const { key, fields } = await jira.as('dana').issues.getIssue({ issueIdOrKey: made.id });
    assert.match(made.id, /^1\d{4}$/);
    assert.equal(made.key, key);
    assert.equal(fields?.['status'].name, 'ToDo');
    assert.equal(fields?.['creator'].displayName, 'Jira Bot');
    assert.equal(fields?.['reporter'].displayName, 'Sofia Lind');
    assert.equal(fields?.['assignee'], null);
    assert.match(fields?.['created'] as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  });

  const refusals: [name: string, fields: object, errors: Record<string, RegExp>][] = [
    [
      'no Agent-Version',
      deployRequest({ customfield_10050: undefined }),
      { customfield_10050: /is required/ },
    ],
    [
      'an empty Agent-Version',
      deployRequest({ customfield_10050: '' }),
      { customfield_10050: /is required/ },
    ],
    ['256 characters', deployRequest({ customfield_10050: '1'.repeat(256) }), { customfield_10050: /255/ }],
    ['a number as version', deployRequest({ customfield_10050: 1 }), { customfield_10050: /string/ }],
    ['no summary', deployRequest({ summary: ' ' }), { summary: /specify a summary/ }],
    ['an unknown field', deployRequest({ customfield_1: 'x' }), { customfield_1: /cannot be set/ }],
    [
      'a foreign field',
      deployRequest({ project: { key: 'OPS' }, issuetype: { name: 'Task' } }),
      { customfield_10050: /cannot be set/ },
    ],
    ['an unknown project', deployRequest({ project: { key: 'NOPE' } }), { project: /valid project/ }],
    [
      'a type of another project',
      deployRequest({ project: { key: 'OPS' } }),
      { issuetype: /valid issue type/ },
    ],
    ['wiki text', deployRequest({ description: 'h1. x' }), { description: /Atlassian Document/ }],
    ['a label with a blank', deployRequest({ labels: ['a b'] }), { labels: /contains spaces/ }],
    ['nobody as assignee', deployRequest({ assignee: { accountId: 'x' } }), { assignee: /user/ }],
    ['two faults', deployRequest({ summary: '', labels: 1 }), { summary: /summary/, labels: /array/ }],
  ];
  for (const [name, fields, errors] of refusals)
    it(`refuses ${name} and says which field`, async () => {
      const { status, body } = await jira.call('POST', '/issue', { fields });
      const answer = body as { errorMessages: string[]; errors: Record<string, string> };
      assert.equal(status, 400);
      assert.deepEqual(Object.keys(answer.errors).sort(), Object.keys(errors).sort());
      for (const [field, message] of Object.entries(errors))
        assert.match(answer.errors[field] ?? '', message);
    });

  it('takes any short string as Agent-Version: the format is not Jira’s business', async () => {
    const key = await create({ customfield_10050: 'v1.4 ٣\n' });
    const { fields } = await jira
      .as('dana')
      .issues.getIssue({ issueIdOrKey: key, fields: ['customfield_10050'] });
    assert.deepEqual(fields, { customfield_10050: 'v1.4 ٣\n' });
  });

  it('edits fields and labels, and keeps each change with its author', async () => {
    const key = await create({ labels: ['old'] });
    await jira.as('dana').issues.editIssue({
      issueIdOrKey: key,
      fields: { customfield_10050: '1.4.3', description: paragraph('why') },
      update: { labels: [{ add: 'new' }, { remove: 'old' }] },
    });
    const { values } = await jira.as('dana').issues.getChangeLogs({ issueIdOrKey: key });
    const items = values[0]?.items?.map((item) => [item.field, item.fieldId, item.fromString, item.toString]);
    assert.equal(values[0]?.author?.displayName, 'Dana Petrov');
    assert.deepEqual(items, [
      ['description', 'description', null, 'why'],
      ['labels', 'labels', 'old', 'new'],
      ['Agent-Version', 'customfield_10050', '1.4.2', '1.4.3'],
    ]);
  });

  it('does not let an edit empty a required field, and writes no change for nothing', async () => {
    const key = await create();
    const emptied = await jira.call('PUT', `/issue/${key}`, { fields: { customfield_10050: null } });
    const same = await jira.call('PUT', `/issue/${key}`, { fields: { customfield_10050: '1.4.2' } });
    assert.deepEqual([emptied.status, same.status], [400, 204]);
    assert.equal((await jira.as('dana').issues.getChangeLogs({ issueIdOrKey: key })).total, 0);
  });

  it('assigns and unassigns', async () => {
    const key = await create();
    const { accountId } = jira.person('dev').jira;
    await jira.as('jira-bot').issues.assignIssue({ issueIdOrKey: key, accountId });
    const assigned = await jira.as('dana').issues.getIssue({ issueIdOrKey: key, fields: ['assignee'] });
    assert.equal(assigned.fields?.['assignee'].displayName, 'Devi Rao');
    assert.equal((await jira.call('PUT', `/issue/${key}/assignee`, { accountId: null })).status, 204);
    assert.equal((await jira.call('PUT', `/issue/${key}/assignee`, { accountId: 'nobody' })).status, 400);
  });

  it('pages the changelog oldest first with rising ids, and expands it newest first', async () => {
    const key = await create();
    for (const status of ['In Progress', 'Failed', 'ToDo']) await moveTo(jira, key, status);
    const page = await jira.as('dana').issues.getChangeLogs({ issueIdOrKey: key, startAt: 1, maxResults: 1 });
    const { changelog } = await jira.as('dana').issues.getIssue({ issueIdOrKey: key, expand: 'changelog' });
    const targets = changelog?.histories?.map((entry) => entry.items?.[0]?.toString);
    assert.deepEqual([page.total, page.isLast, page.values[0]?.items?.[0]?.toString], [3, false, 'Failed']);
    assert.deepEqual(targets, ['ToDo', 'Failed', 'In Progress']);
    const ids = changelog?.histories?.map((entry) => Number(entry.id)) ?? [];
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => b - a),
    );
  });

  it('shows the fields, properties and transitions that are asked for', async () => {
    const key = await create();
    await jira.call('PUT', `/issue/${key}/properties/lockkeeper`, { run: 7 });
    const issue = await jira.as('dana').issues.getIssue({
      issueIdOrKey: key,
      fields: ['summary', 'status'],
      properties: ['lockkeeper'],
      expand: 'transitions',
    });
    assert.deepEqual(Object.keys(issue.fields ?? {}).sort(), ['status', 'summary']);
    assert.deepEqual(issue.properties, { lockkeeper: { run: 7 } });
    assert.equal(issue.transitions?.length, 2);
  });

  it('lets the creator and the administrator delete an issue, and nobody else', async () => {
    const [own, foreign] = [await create(), await create()];
    assert.equal((await jira.call('DELETE', `/issue/${own}`, undefined, 'dana')).status, 403);
    assert.equal((await jira.call('DELETE', `/issue/${own}`, undefined, 'sam')).status, 204);
    await jira.as('ann').issues.deleteIssue({ issueIdOrKey: foreign });
    const { status, body } = await jira.call('GET', `/issue/${foreign}`);
    assert.equal(status, 404);
    assert.match(JSON.stringify(body), /Issue does not exist or you do not have permission to see it/);
  });

  it('fetches many issues at once and names those it lacks', async () => {
    const keys = [await create(), await create()];
    const found = await jira
      .as('dana')
      .issues.bulkFetchIssues({ issueIdsOrKeys: [...keys, 'DEVOPS-9999'], fields: ['status'] });
    assert.deepEqual(
      found.issues?.map((issue) => issue.key),
      keys,
    );
    assert.equal(found.issueErrors?.[0]?.id, 'DEVOPS-9999');
  });

  it('links issues in both directions', async () => {
    const [younger, elder] = [await create(), await create()];
    const [inwardIssue, outwardIssue] = [{ key: younger }, { key: elder }];
    await jira.as('dana').issueLinks.linkIssues({ type: { name: 'Duplicate' }, inwardIssue, outwardIssue });
    const { fields } = await jira
      .as('dana')
      .issues.getIssue({ issueIdOrKey: younger, fields: ['issuelinks'] });
    assert.equal(fields?.['issuelinks'][0].outwardIssue.key, elder);
    const { id } = fields?.['issuelinks'][0] as { id: string };
    const link = await jira.as('dana').issueLinks.getIssueLink({ linkId: id });
    assert.deepEqual([link.inwardIssue?.key, link.type?.name], [younger, 'Duplicate']);
  });
});
