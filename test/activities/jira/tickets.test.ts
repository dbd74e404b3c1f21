import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { quoteJql } from '../../../activities/jira/tickets.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { issuePath, issueReply, jiraAt, ticket, toStatus } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Reply, type SeenRequest } from '../../support/loopback.ts';

const fieldsExpected: Expected = {
  method: 'GET',
  path: '/rest/api/3/field',
  respond: {
    body: [
      { id: 'customfield_1', name: 'Agent-Version' },
      { id: 'x', name: 'Other' },
    ],
  },
};
const issue = (fields: Record<string, unknown> = {}): Expected => ({
  method: 'GET',
  path: issuePath,
  respond: issueReply('ToDo', {
    summary: 'Promote',
    project: { key: 'DEVOPS' },
    issuetype: { name: 'Agent "Promotion"' },
    creator: { accountId: 'sam-1' },
    assignee: null,
    created: '2026-11-04T09:30:00.000+0000',
    labels: ['hotfix'],
    customfield_1: '1.4.2',
    ...fields,
  }),
});
const changes = (respond: Expected['respond']): Expected => ({
  method: 'GET',
  path: `${issuePath}/changelog`,
  respond,
});
const noChanges = changes({ body: { startAt: 0, maxResults: 100, total: 0, isLast: true, values: [] } });

describe('jira client: reading', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('reads a ticket in one piece', () =>
    withLoopback([fieldsExpected, issue(), noChanges], async (url, seen) => {
      const personOf = (id: string) => (id === 'sam-1' ? 'sam' : undefined);
      assert.deepEqual(await jiraAt(url, { personOf }).readTicket(ticket), {
        ...ticket,
        key: 'DEVOPS-24',
        summary: 'Promote',
        inScope: true,
        status: 'toDo',
        statusName: 'ToDo',
        agentVersion: '1.4.2',
        creatorAccountId: 'sam-1',
        assigneeAccountId: null,
        creator: 'sam',
        changers: [],
        labels: ['hotfix'],
        round: '0',
        enteredAt: '2026-11-04T09:30:00.000Z',
      });
      assert.match(String(seen[0]?.headers.authorization), /^Basic /);
    }));

  it('reads every page of the change log', () => {
    const entry = (id: string) => ({
      id,
      created: '2026-11-05T00:00:00.000+0000',
      items: [
        { field: 'status', fieldId: 'status', from: '5', fromString: 'Failed', to: '1', toString: 'ToDo' },
      ],
    });
    const page = (request: SeenRequest): Reply => {
      const startAt = Number(request.query.get('startAt'));
      return {
        body: {
          startAt,
          maxResults: 1,
          total: 2,
          isLast: startAt === 1,
          values: [entry(String(7 + startAt))],
        },
      };
    };
    return withLoopback([fieldsExpected, issue(), changes(page), changes(page)], async (url) => {
      assert.equal((await jiraAt(url).readTicket(ticket)).round, '8');
    });
  });

  const variations: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['a moved ticket', { project: { key: 'OTHER' } }, { inScope: false }],
    ['another type', { issuetype: { name: 'agent "promotion"' } }, { inScope: false }],
    ['an unknown status', { status: toStatus('todo') }, { status: 'other', statusName: 'todo' }],
    ['an empty version', { customfield_1: null }, { agentVersion: null }],
    ['a version as typed', { customfield_1: ' v1.4\n' }, { agentVersion: ' v1.4\n' }],
    ['an endless version', { customfield_1: '1'.repeat(999) }, { agentVersion: '1'.repeat(255) }],
    ['a deleted creator', { creator: null }, { creatorAccountId: null, creator: null }],
    ['a creator whom the configuration does not name', {}, { creator: 'jira:sam-1' }],
    ['no labels', { labels: undefined }, { labels: [] }],
  ];
  for (const [name, fields, expected] of variations)
    it(`reads ${name}`, () =>
      withLoopback([fieldsExpected, issue(fields), noChanges], async (url) => {
        const read = await jiraAt(url).readTicket(ticket);
        assert.deepEqual({ ...read, ...expected }, read);
      }));

  const change = (author: string | null, item: object, id = '5') => ({
    id,
    created: '2026-11-05T00:00:00.000+0000',
    ...(author === null ? {} : { author: { accountId: author } }),
    items: [{ from: null, fromString: '1', to: null, toString: '2', ...item }],
  });
  const versionChanged = { field: 'Agent-Version', fieldId: 'customfield_1' };
  const changerCases: [string, ReturnType<typeof change>[], string[]][] = [
    ['nobody when only the status changed', [change('eve-1', { field: 'status', fieldId: 'status' })], []],
    [
      'who changed the version, once',
      [change('dana-1', versionChanged), change('dana-1', versionChanged)],
      ['dana'],
    ],
    ['a stranger by his account', [change('eve-1', versionChanged)], ['jira:eve-1']],
    ['not ourselves', [change('bot-1', versionChanged), change('eve-1', versionChanged)], ['jira:eve-1']],
    ['somebody whom Jira has forgotten', [change(null, versionChanged)], ['jira:unknown']],
    ['an old entry without field id', [change('dana-1', { field: 'Agent-Version' })], ['dana']],
    ['not another field of that name', [change('eve-1', { field: 'Agent-Version', fieldId: 'x' })], []],
  ];
  for (const [name, values, expected] of changerCases)
    it(`names as changers ${name}`, () => {
      const log = changes({
        body: { startAt: 0, maxResults: 100, total: values.length, isLast: true, values },
      });
      return withLoopback([fieldsExpected, issue(), log], async (url) => {
        const personOf = (id: string) => (id === 'dana-1' ? 'dana' : undefined);
        assert.deepEqual((await jiraAt(url, { personOf }).readTicket(ticket)).changers, expected);
      });
    });

  it('refuses a version field that is no line of text', () =>
    withLoopback([fieldsExpected, issue({ customfield_1: { value: '1.4.2' } }), noChanges], async (url) => {
      await assertFails(() => jiraAt(url).readTicket(ticket), 'UnsupportedResponse');
    }));

  it('names the field that is missing, and looks again the next time', () => {
    const none = { ...fieldsExpected, respond: { body: [] } };
    return withLoopback([none, fieldsExpected, issue(), noChanges], async (url) => {
      const jira = jiraAt(url);
      const failure = await assertFails(() => jira.readTicket(ticket), 'NotFound');
      assert.match(failure.message, /Agent-Version: 0 fields/);
      assert.equal((await jira.readTicket(ticket)).agentVersion, '1.4.2');
    });
  });

  it('calls an answer of another shape unsupported', () =>
    withLoopback(
      [fieldsExpected, { method: 'GET', path: issuePath, respond: { body: { id: 10024 } } }],
      (url) => assertFails(() => jiraAt(url).readTicket(ticket), 'UnsupportedResponse').then(() => undefined),
    ));

  for (const [name, respond, type] of vendorFailures)
    it(`reading meets ${name}: ${type}`, () =>
      withLoopback([fieldsExpected, { method: 'GET', path: issuePath, respond }], async (url) => {
        await assertFails(() => jiraAt(url).readTicket(ticket), type, respond);
      }));

  it('finds tickets on all pages, oldest first, with quoted values', () => {
    const search = (id: string, nextPageToken: string | null): Expected => ({
      method: 'POST',
      path: '/rest/api/3/search/jql',
      respond: {
        body: { nextPageToken, issues: [{ id, key: `DEVOPS-${id}`, fields: { status: toStatus('ToDo') } }] },
      },
    });
    return withLoopback([search('1', 'next'), search('2', null)], async (url, seen) => {
      const found = await jiraAt(url).findTickets({ site: 'acme', status: 'toDo' });
      assert.deepEqual(
        found.map(({ key }) => key),
        ['DEVOPS-1', 'DEVOPS-2'],
      );
      const { jql, nextPageToken } = seen[1]?.body as Record<string, string>;
      const bounded = 'project = "DEVOPS" AND issuetype = "Agent \\"Promotion\\"" AND status = "ToDo"';
      assert.equal(jql, `${bounded} ORDER BY created ASC, key ASC`);
      assert.equal(nextPageToken, 'next');
    });
  });

  it('quotes what would leave a JQL string', () =>
    assert.equal(quoteJql('a" OR \\project is not empty\n'), '"a\\" OR \\\\project is not empty"'));

  it('names the sites it knows', () =>
    assertFails(
      () => jiraAt('http://127.0.0.1:9').readTicket({ site: 'other', issueId: '1' }),
      'InvalidInput',
    ));
});
