import assert from 'node:assert/strict';
import { startEndpoint } from './hook-endpoint.ts';
import {
  changeFieldNames,
  changeFields,
  changeRequest,
  deployRequest,
  isLongField,
  paragraph,
  startJira,
  type RunningJira,
} from './jira-site.ts';

const inSite = (id: string, text: string) => (isLongField(id) ? paragraph(text) : text);

describe('jira sandbox: the fields of change requests', () => {
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
  const create = async (more = {}) =>
    (await jira.as('jira-bot').issues.createIssue({ fields: changeRequest(more) })).key;
  const fieldsOf = async (issueIdOrKey: string) =>
    (await jira.as('dana').issues.getIssue({ issueIdOrKey })).fields as Record<string, unknown>;
  const changesOf = async (issueIdOrKey: string) =>
    (await jira.as('dana').issues.getChangeLogs({ issueIdOrKey })).values;
  const hooksOf = async (key: string) => {
    await jira.settled();
    return endpoint.bodies().filter((body) => body.issue.key === key);
  };

  it('asks for a summary and nothing else', async () => {
    const fields = { project: { key: 'PRODCM' }, issuetype: { name: 'Change Request' }, summary: 'By hand' };
    const { key } = await jira.as('eve').issues.createIssue({ fields });
    const found = await fieldsOf(key);
    assert.deepEqual(found['components'], []);
    for (const id of Object.keys(changeFieldNames)) assert.equal(found[id], null, id);
    const without = await jira.call('POST', '/issue', { fields: { ...fields, summary: '' } });
    assert.deepEqual(Object.keys((without.body as { errors: object }).errors), ['summary']);
  });

  it('keeps what was filed, and tells the webhook of it with wiki text for the long fields', async () => {
    const key = await create();
    const sent = changeRequest() as Record<string, unknown>;
    const found = await fieldsOf(key);
    const [hook] = await hooksOf(key);
    for (const id of Object.keys(changeFieldNames)) assert.deepEqual(found[id], sent[id], id);
    assert.equal(hook?.webhookEvent, 'jira:issue_created');
    assert.equal(hook?.issue.fields['customfield_10064'], '412');
    assert.equal(hook?.issue.fields['customfield_10070'], 'Deploy build 411 again.');
    assert.deepEqual(await changesOf(key), []);
  });

  for (const [id, name] of Object.entries(changeFieldNames))
    it(`edits ${name}: read again, in the changelog and in the webhook`, async () => {
      const key = await create({ [id]: inSite(id, 'before') });
      await jira.as('dana').issues.editIssue({ issueIdOrKey: key, fields: { [id]: inSite(id, 'after') } });
      assert.deepEqual((await fieldsOf(key))[id], inSite(id, 'after'));
      const [change] = await changesOf(key);
      const item = { field: name, fieldtype: 'custom', fieldId: id, from: null, to: null };
      assert.equal(change?.author?.displayName, 'Dana Petrov');
      assert.deepEqual({ ...change?.items?.[0] }, { ...item, fromString: 'before', toString: 'after' });
      const hook = (await hooksOf(key)).find((body) => body.webhookEvent === 'jira:issue_updated');
      assert.equal(hook?.issue.fields[id], 'after');
      assert.deepEqual(hook?.changelog?.items, [{ ...item, fromString: 'before', toString: 'after' }]);
    });

  it('empties a field, and notices an edit that changes nothing', async () => {
    const key = await create();
    const again = {
      [changeFields.build]: '412',
      [changeFields.justification]: paragraph('The basket loses items.'),
    };
    await jira.as('dana').issues.editIssue({ issueIdOrKey: key, fields: again });
    assert.deepEqual(await changesOf(key), []);
    const empty = { [changeFields.build]: null, [changeFields.justification]: null, components: [] };
    await jira.as('dana').issues.editIssue({ issueIdOrKey: key, fields: empty });
    const items = (await changesOf(key))[0]?.items?.map((item) => [item.field, item.toString]);
    assert.deepEqual(items, [
      ['Component', null],
      ['Build number', null],
      ['Justification', null],
    ]);
  });

  const refusals: [name: string, fields: object, error: Record<string, RegExp>][] = [
    ...Object.entries(changeFieldNames).flatMap(([id, name]): typeof refusals =>
      isLongField(id)
        ? [[`plain text as ${name}`, { [id]: 'h1. wiki' }, { [id]: /Atlassian Document/ }]]
        : [
            [`256 characters of ${name}`, { [id]: 'x'.repeat(256) }, { [id]: /limit of 255/ }],
            [`a document as ${name}`, { [id]: paragraph('x') }, { [id]: /string/ }],
          ],
    ),
    [
      'an unknown component',
      { components: [{ name: 'mobile' }] },
      { components: /^Component name 'mobile' is not valid$/ },
    ],
    ['a component spelt otherwise', { components: [{ name: 'Web' }] }, { components: /'Web' is not valid/ }],
    [
      'an unknown component id',
      { components: [{ id: '9' }] },
      { components: /^Component id '9' is not valid$/ },
    ],
    ['components that are no list', { components: { name: 'web' } }, { components: /data was not an array/ }],
    ['components that are strings', { components: ['web'] }, { components: /expected Object/ }],
    ['the field of another type', { customfield_10050: '1.4.2' }, { customfield_10050: /cannot be set/ }],
  ];
  for (const [name, more, errors] of refusals)
    it(`refuses ${name}, on create and on edit alike`, async () => {
      const key = await create();
      for (const [method, path, fields] of [
        ['POST', '/issue', changeRequest({ ...more })],
        ['PUT', `/issue/${key}`, more],
      ] as const) {
        const { status, body } = await jira.call(method, path, { fields });
        const answer = (body as { errors: Record<string, string> }).errors;
        assert.equal(status, 400);
        assert.deepEqual(Object.keys(answer), Object.keys(errors));
        for (const [field, message] of Object.entries(errors)) assert.match(answer[field] ?? '', message);
      }
      assert.deepEqual(await changesOf(key), []);
    });

  it('takes components by name and id, each once, and shows them with both', async () => {
    const key = await create({ components: [{ name: 'web' }, { id: '10102' }, { name: 'web' }] });
    const found = (await fieldsOf(key))['components'] as Record<string, string>[];
    assert.deepEqual(
      found.map(({ id, name }) => [id, name]),
      [
        ['10100', 'web'],
        ['10102', 'infrastructure'],
      ],
    );
    assert.match(found[0]?.['self'] ?? '', /\/rest\/api\/3\/component\/10100$/);
  });

  it('adds and removes components, with a changelog item for each one', async () => {
    const key = await create();
    const update = { components: [{ add: { name: 'api' } }, { remove: { id: '10100' } }] };
    await jira.as('dana').issues.editIssue({ issueIdOrKey: key, update });
    const [change] = await changesOf(key);
    const base = { field: 'Component', fieldtype: 'jira', fieldId: 'components' };
    const nothing = { from: null, fromString: null, to: null, toString: null };
    assert.deepEqual(
      change?.items?.map((item) => ({ ...item })),
      [
        { ...base, ...nothing, from: '10100', fromString: 'web' },
        { ...base, ...nothing, to: '10101', toString: 'api' },
      ],
    );
    const unknown = await jira.call('PUT', `/issue/${key}`, {
      update: { components: [{ add: { name: 'x' } }] },
    });
    assert.equal(unknown.status, 400);
    assert.match(JSON.stringify(unknown.body), /"components":"Component name 'x' is not valid"/);
  });

  it('sets and changes labels', async () => {
    const key = await create({ labels: ['lk-1'] });
    await jira.as('dana').issues.editIssue({ issueIdOrKey: key, update: { labels: [{ add: 'lk-2' }] } });
    await jira.as('dana').issues.editIssue({ issueIdOrKey: key, fields: { labels: ['lk-2'] } });
    assert.deepEqual((await fieldsOf(key))['labels'], ['lk-2']);
    const changes = (await changesOf(key)).map(({ items }) =>
      items?.map((item) => [item.fromString, item.toString]),
    );
    assert.deepEqual(changes, [[['lk-1', 'lk-1 lk-2']], [['lk-1 lk-2', 'lk-2']]]);
  });

  it('loses the components in a project that has none of these names', async () => {
    const key = await create();
    await jira.control('move', { as: 'ann', issue: key, project: 'OPS' });
    assert.deepEqual((await fieldsOf(key))['components'], []);
    const items = (await changesOf(key))[0]?.items?.map((item) => item.field);
    assert.deepEqual(items, ['project', 'Key', 'issuetype', 'status', 'Component']);
  });

  it('keeps all of them off the other types', async () => {
    const { status, body } = await jira.call('POST', '/issue', {
      fields: deployRequest({ customfield_10061: 'production', components: [{ name: 'web' }] }),
    });
    assert.equal(status, 400);
    assert.deepEqual(Object.keys((body as { errors: object }).errors), ['customfield_10061', 'components']);
  });
});
