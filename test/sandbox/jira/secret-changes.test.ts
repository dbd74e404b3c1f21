import assert from 'node:assert/strict';
import { moveTo, startJira, type RunningJira } from './jira-site.ts';

const line = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const arns = ['a-b_c/d', 'x*y'].map((name) => `arn:aws:secretsmanager:us-east-1:333333333333:secret:${name}`);
const fields = {
  ...{ project: { key: 'SECCHG' }, issuetype: { name: 'Secret change' }, summary: 'New key of Stripe' },
  customfield_10100: { type: 'doc', version: 1, content: arns.map(line) },
  customfield_10101: ['value', 'delete'],
  customfield_10102: '2026-11-04T09:00:00.000+0100',
  customfield_10103: '2026-11-04T17:00:00.000+0100',
};

interface Shown {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly changelog: {
    readonly histories: readonly {
      readonly author: { readonly displayName: string };
      readonly items: readonly Readonly<Record<'field' | 'fromString' | 'toString', string | null>>[];
    }[];
  };
}

describe('jira sandbox: changes of secrets', () => {
  let jira: RunningJira;
  before(async () => (jira = await startJira()));
  after(() => jira.stop());
  const create = async () => (await jira.as('dev').issues.createIssue({ fields })).key;
  const shown = async (key: string) =>
    (await jira.call('GET', `/issue/${key}?expand=changelog`)).body as Shown;

  it('has both types and every field', async () => {
    const project = await jira.as('dana').projects.getProject({ projectIdOrKey: 'SECCHG' });
    assert.deepEqual(
      project.issueTypes?.map(({ name }) => name),
      ['Secret change', 'Finding'],
    );
    const key = await create();
    const one = (await shown(key)).fields;
    assert.deepEqual(one['customfield_10101'], ['value', 'delete']);
    assert.equal(one['customfield_10102'], '2026-11-04T08:00:00.000+0000');
    const found = await jira.call('POST', '/search/jql', {
      jql: 'project = SECCHG AND "Window start" >= "2026-11-01" AND Actions = delete',
    });
    assert.equal((found.body as { issues: unknown[] }).issues.length, 1);
  });

  it('is approved by a person of security, who stands in the change log; by nobody else', async () => {
    const key = await create();
    for (const name of ['dev', 'jira-bot', 'lee'])
      await assert.rejects(moveTo(jira, key, 'Approved', name), /no transition to Approved/, name);
    await moveTo(jira, key, 'Approved', 'sue');
    const { changelog } = await shown(key);
    const [{ author, items } = assert.fail()] = changelog.histories;
    assert.deepEqual(
      [author.displayName, items[0]?.field, items[0]?.fromString, items[0]?.['toString']],
      ['Sue Adeyemi', 'status', 'Requested', 'Approved'],
    );
    await moveTo(jira, key, 'Done');
  });

  it('keeps what the fields said before', async () => {
    const key = await create();
    const customfield_10100 = { type: 'doc', version: 1, content: arns.slice(1).map(line) };
    const edit = { fields: { customfield_10100, customfield_10101: [], customfield_10103: null } };
    assert.equal((await jira.call('PUT', `/issue/${key}`, edit)).status, 204);
    const items = (await shown(key)).changelog.histories.flatMap((one) => one.items);
    const before = Object.fromEntries(items.map(({ field, fromString }) => [field, fromString]));
    assert.deepEqual(before, {
      'Secret ARN': arns.join('\n\n'),
      Actions: 'value delete',
      'Window end': '2026-11-04T16:00:00.000+0000',
    });
  });

  it('files findings, which go to their end', async () => {
    const finding = { project: { key: 'SECCHG' }, issuetype: { name: 'Finding' }, summary: 'Who was it?' };
    const { key } = await jira.as('jira-bot').issues.createIssue({ fields: finding });
    for (const status of ['In Progress', 'Done']) await moveTo(jira, key, status);
  });
});
