import assert from 'node:assert/strict';
import { deployRequest, paragraph, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: comments and issue properties', () => {
  let jira: RunningJira;
  let issue: string;
  before(async () => {
    jira = await startJira();
  });
  beforeEach(async () => {
    issue = (await jira.as('sam').issues.createIssue({ fields: deployRequest() })).key;
  });
  after(() => jira.stop());

  const property = { key: 'lockkeeper', value: { id: 'promote/1' } };
  const add = (text = 'hello', name = 'jira-bot') =>
    jira
      .as(name)
      .issueComments.addComment({ issueIdOrKey: issue, body: paragraph(text), properties: [property] });

  it('keeps a comment’s properties and shows them only when asked', async () => {
    const { id = '' } = await add();
    const plain = await jira.as('dana').issueComments.getComments({ issueIdOrKey: issue });
    const full = await jira
      .as('dana')
      .issueComments.getComments({ issueIdOrKey: issue, expand: 'properties' });
    const one = await jira
      .as('dana')
      .issueComments.getComment({ issueIdOrKey: issue, id, expand: 'properties' });
    assert.equal(plain.comments?.[0]?.properties, undefined);
    assert.deepEqual(full.comments?.[0]?.properties, [property]);
    assert.deepEqual([one.properties, one.author?.displayName], [[property], 'Jira Bot']);
  });

  it('pages comments, oldest first unless told otherwise', async () => {
    for (const text of ['one', 'two', 'three']) await add(text);
    const page = await jira.call('GET', `/issue/${issue}/comment?startAt=1&maxResults=1`);
    const newest = await jira.call('GET', `/issue/${issue}/comment?maxResults=1&orderBy=-created`);
    assert.match(JSON.stringify(page.body), /"total":3.*"text":"two"/);
    assert.match(JSON.stringify(newest.body), /"text":"three"/);
  });

  it('updates and deletes: the author and the administrator only', async () => {
    const { id = '' } = await add();
    const path = `/issue/${issue}/comment/${id}`;
    const body = { body: paragraph('changed') };
    assert.equal((await jira.call('PUT', path, body, 'sam')).status, 400);
    assert.equal((await jira.call('DELETE', path, undefined, 'sam')).status, 400);
    const updated = await jira.as('ann').issueComments.updateComment({ issueIdOrKey: issue, id, body });
    assert.deepEqual(
      [updated.author?.displayName, updated.updateAuthor?.displayName],
      ['Jira Bot', 'Ann Keller'],
    );
    await jira.as('jira-bot').issueComments.deleteComment({ issueIdOrKey: issue, id });
    assert.equal((await jira.call('GET', path)).status, 404);
  });

  const badBodies: [string, unknown][] = [
    ['wiki text', 'h1. hello'],
    ['nothing', undefined],
    ['no version', { type: 'doc', content: [] }],
    ['an empty text', paragraph('')],
    ['text outside a block', { type: 'doc', version: 1, content: [{ type: 'text', text: 'x' }] }],
    ['an unknown node', { type: 'doc', version: 1, content: [{ type: 'marquee' }] }],
    [
      'bare text in a list item',
      {
        type: 'doc',
        version: 1,
        content: [
          { type: 'bulletList', content: [{ type: 'listItem', content: [{ type: 'text', text: 'x' }] }] },
        ],
      },
    ],
    ['32,768 characters', paragraph('x'.repeat(32_768))],
  ];
  for (const [name, body] of badBodies)
    it(`refuses a comment with ${name}`, async () => {
      assert.equal((await jira.call('POST', `/issue/${issue}/comment`, { body })).status, 400);
      assert.equal((await jira.as('dana').issueComments.getComments({ issueIdOrKey: issue })).total, 0);
    });

  it('sets, lists, reads and deletes issue properties', async () => {
    const path = `/issue/${issue}/properties/lockkeeper.turn`;
    assert.equal((await jira.call('PUT', path, { turn: 1 })).status, 201);
    assert.equal((await jira.call('PUT', path, { turn: 2 })).status, 200);
    const call = { issueIdOrKey: issue, propertyKey: 'lockkeeper.turn' };
    assert.deepEqual((await jira.as('dana').issueProperties.getIssueProperty(call)).value, { turn: 2 });
    const { keys } = await jira.as('dana').issueProperties.getIssuePropertyKeys({ issueIdOrKey: issue });
    assert.deepEqual(
      keys?.map((one) => one.key),
      ['lockkeeper.turn'],
    );
    await jira.as('dana').issueProperties.deleteIssueProperty(call);
    assert.equal((await jira.call('GET', path)).status, 404);
  });

  it('takes properties in the create call', async () => {
    const { id } = await jira
      .as('jira-bot')
      .issues.createIssue({ fields: deployRequest(), properties: [property] });
    const found = await jira
      .as('dana')
      .issueProperties.getIssueProperty({ issueIdOrKey: id, propertyKey: property.key });
    assert.deepEqual(found, property);
  });
});
