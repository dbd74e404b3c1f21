import assert from 'node:assert/strict';
import { findingFields, findingIssue } from './finding-issue.ts';
import { paragraph, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: the fields of findings', () => {
  let jira: RunningJira;
  before(async () => {
    jira = await startJira();
  });
  after(() => jira.stop());
  const create = async (more = {}) =>
    (await jira.as('jira-bot').issues.createIssue({ fields: findingIssue(more) })).key;
  const fieldsOf = async (issueIdOrKey: string) =>
    (await jira.as('dana').issues.getIssue({ issueIdOrKey })).fields as Record<string, unknown>;

  const listed: [name: string, id: string, type: string, clauses: string[]][] = [
    ['Halo Issue ID', 'customfield_10080', 'string', ['cf[10080]', 'Halo Issue ID']],
    ['Halo Rule Key', 'customfield_10081', 'string', ['cf[10081]', 'Halo Rule Key']],
    ['Halo Critical', 'customfield_10082', 'string', ['cf[10082]', 'Halo Critical']],
    ['Asset Group Path', 'customfield_10083', 'string', ['cf[10083]', 'Asset Group Path']],
    ['Server Hostname', 'customfield_10084', 'string', ['cf[10084]', 'Server Hostname']],
    ['Owner Team', 'customfield_10085', 'option', ['cf[10085]', 'Owner Team', 'Owner Team[Dropdown]']],
    ['First Seen', 'customfield_10086', 'datetime', ['cf[10086]', 'First Seen', 'First Seen[Time stamp]']],
    ['Due date', 'duedate', 'date', ['due', 'duedate']],
    ['Resolution', 'resolution', 'resolution', ['resolution']],
  ];
  for (const [name, id, type, clauses] of listed)
    it(`lists ${name}`, async () => {
      const found = (await jira.as('dana').issueFields.getFields()).find((field) => field.id === id);
      assert.deepEqual([found?.name, found?.schema?.type], [name, type]);
      assert.deepEqual(found?.clauseNames?.slice(0, clauses.length), clauses);
    });

  it('describes each project’s types, and the one whose form asks for the owner', async () => {
    const required = async (projectIdOrKey: string, name: string) => {
      const { issueTypes = [] } = await jira
        .as('dana')
        .issues.getCreateIssueMetaIssueTypes({ projectIdOrKey });
      const issueTypeId = issueTypes.find((type) => type.name === name)?.id ?? '';
      const meta = await jira
        .as('dana')
        .issues.getCreateIssueMetaIssueTypeId({ projectIdOrKey, issueTypeId });
      return meta.fields?.filter((field) => field.required).map(({ fieldId }) => fieldId);
    };
    assert.deepEqual(await required('SEC', 'Security Finding'), ['summary']);
    assert.deepEqual(await required('SEC', 'Audited Finding'), ['summary', findingFields.ownerTeam]);
    assert.deepEqual(await required('VULN', 'Security Finding'), ['summary']);
    assert.deepEqual(await required('VULN', 'Task'), ['summary']);
  });

  it('names what a select takes, in the create and the edit form alike', async () => {
    const call = { projectIdOrKey: 'SEC', issueTypeId: '10008' };
    const { fields = [] } = await jira.as('dana').issues.getCreateIssueMetaIssueTypeId(call);
    const edit = await jira.as('dana').issues.getEditIssueMeta({ issueIdOrKey: await create() });
    const values = (field: unknown) =>
      (field as { allowedValues: { value: string }[] }).allowedValues.map(({ value }) => value);
    const created = fields.find(({ fieldId }) => fieldId === findingFields.ownerTeam);
    assert.deepEqual(values(created), ['platform', 'payments', 'data']);
    assert.deepEqual(values(edit.fields?.[findingFields.ownerTeam]), ['platform', 'payments', 'data']);
    assert.equal(edit.fields?.['comment']?.schema?.system, 'comment');
  });

  it('keeps what was filed', async () => {
    const sent: Record<string, unknown> = findingIssue({ [findingFields.ownerTeam]: { value: 'data' } });
    const found = await fieldsOf(await create(sent));
    for (const id of ['duedate', ...Object.values(findingFields)])
      if (id !== findingFields.ownerTeam) assert.deepEqual(found[id], sent[id], id);
    assert.equal((found[findingFields.ownerTeam] as { id: string }).id, '10202');
    assert.deepEqual([found['resolution'], found['resolutiondate'], found['attachment']], [null, null, []]);
    assert.equal(found['statuscategorychangedate'], found['created']);
  });

  it('keeps a moment of another offset as UTC', async () => {
    const key = await create({ [findingFields.firstSeen]: '2026-11-04T10:36:13.747+0100' });
    assert.equal((await fieldsOf(key))[findingFields.firstSeen], '2026-11-04T09:36:13.747+0000');
  });

  const audited = { issuetype: { name: 'Audited Finding' } };
  const long = 'x'.repeat(32_768);
  const refusals: [name: string, fields: Record<string, unknown>, id: string, message: RegExp][] = [
    [
      'a summary of 256',
      { summary: 'x'.repeat(256) },
      'summary',
      /^Summary must be less than 255 characters/,
    ],
    ['a summary of two lines', { summary: 'a\nb' }, 'summary', /newline/],
    ['a label with a blank', { labels: ['a b'] }, 'labels', /spaces/],
    ['a label of 256', { labels: ['x'.repeat(256)] }, 'labels', /255/],
    ['a text of 32,768', { description: paragraph(long) }, 'description', /32,767/],
    ['a moment as due date', { duedate: '2026-12-01T00:00:00.000+0000' }, 'duedate', /parsing date/],
    ['a 13th month', { duedate: '2026-13-01' }, 'duedate', /parsing date/],
    ['a Z in a moment', { customfield_10086: '2026-11-04T09:36:13.747Z' }, 'customfield_10086', /SSSZ/],
    ['a moment without ms', { customfield_10086: '2026-11-04T09:36:13+0000' }, 'customfield_10086', /SSSZ/],
    ['a bare text for a select', { customfield_10085: 'data' }, 'customfield_10085', /valid 'id' or 'name'/],
    ['a team nobody knows', { customfield_10085: { value: 'it' } }, 'customfield_10085', /'it' is not valid/],
    ['a missing owner', audited, 'customfield_10085', /^Owner Team is required/],
    ['a component of another project', { components: [{ name: 'web' }] }, 'components', /not valid/],
    ['an unknown priority', { priority: { name: 'Urgent' } }, 'priority', /priority/],
    ['a resolution, which is on no form', { resolution: { name: 'Done' } }, 'resolution', /cannot be set/],
    ['a boolean in a text field', { customfield_10082: true }, 'customfield_10082', /string/],
  ];
  for (const [name, more, id, message] of refusals)
    it(`refuses ${name}`, async () => {
      const { status, body } = await jira.call('POST', '/issue', { fields: findingIssue(more) });
      assert.equal(status, 400);
      assert.match((body as { errors: Record<string, string> }).errors[id] ?? '', message);
    });

  it('takes exactly what the limits allow', async () => {
    const fields = {
      summary: 'x'.repeat(255),
      labels: ['y'.repeat(255)],
      description: paragraph('z'.repeat(32_767)),
    };
    assert.match(await create(fields), /^SEC-\d+$/);
  });

  it('edits fields, labels, comment and properties in one call, and tells nobody when asked so', async () => {
    const key = await create();
    await jira.as('jira-bot').issues.editIssue({
      ...{ issueIdOrKey: key, notifyUsers: false },
      fields: { duedate: null, [findingFields.ownerTeam]: { value: 'payments' } },
      update: {
        labels: [{ add: 'new' }, { remove: 'lk-halo' }],
        comment: [{ add: { body: paragraph('seen') } }],
      },
      properties: [{ key: 'lockkeeper', value: { v: 2 } }],
    });
    const issue = await jira
      .as('dana')
      .issues.getIssue({ issueIdOrKey: key, properties: ['lockkeeper'], expand: 'changelog' });
    const items = issue.changelog?.histories?.[0]?.items?.map(({ field, to }) => [field, to]);
    assert.deepEqual(issue.properties, { lockkeeper: { v: 2 } });
    assert.deepEqual(issue.fields?.['labels'], ['new']);
    assert.equal(issue.fields?.['comment'].total, 1);
    assert.deepEqual(items, [
      ['labels', ''],
      ['duedate', null],
      ['Owner Team', '10201'],
    ]);
  });

  it('changes nothing when one part of an edit is wrong', async () => {
    const key = await create();
    const body = { fields: { summary: 'new' }, update: { comment: [{ add: { body: 'wiki' } }] } };
    assert.equal((await jira.call('PUT', `/issue/${key}`, body)).status, 400);
    assert.equal((await fieldsOf(key))['summary'], 'openssl 1.1.1 on web-1');
  });

  it('answers an edit with the issue when asked', async () => {
    const key = await create();
    const { status, body } = await jira.call('PUT', `/issue/${key}?returnIssue=true`, {
      fields: { summary: 's' },
    });
    assert.deepEqual([status, (body as { fields: { summary: string } }).fields.summary], [200, 's']);
  });
});
