import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decideAutomationEvent } from '../../starters/webhooks/jira/automation.ts';
import { decideJiraEvent, type JiraScope } from '../../starters/webhooks/jira/events.ts';

const scope: JiraScope = {
  project: 'DEVOPS',
  issueType: 'Security Agent Deploy Request',
  toDo: 'To Do',
  botAccountId: 'bot',
};

function event(
  webhookEvent: string,
  fields: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
) {
  const issue = {
    id: '10077',
    key: 'DEVOPS-77',
    fields: {
      project: { key: 'DEVOPS' },
      issuetype: { name: scope.issueType },
      status: { name: 'To Do' },
      ...fields,
    },
  };
  return { webhookEvent, user: { accountId: 'sam' }, issue, ...more };
}

const changed = (...items: Record<string, unknown>[]) => ({ changelog: { id: '1', items } });
const status = (to: string) => ({ field: 'status', fieldId: 'status', toString: to });
const ops = { project: { key: 'OPS' } };
const task = { issuetype: { name: 'Task' } };
const updated = (fields: Record<string, unknown>, ...items: Record<string, unknown>[]) =>
  event('jira:issue_updated', fields, changed(...items));

/** As Jira sends it: without `user`. */
const commented = (name: string, more: Record<string, unknown>, fields: Record<string, unknown> = {}) =>
  event(name, fields, { user: undefined, ...more });
const by = (author: string, updateAuthor = author) => ({
  comment: {
    body: '/approve',
    author: { accountId: author },
    updateAuthor: { accountId: updateAuthor },
  },
});

const cases: readonly [what: string, body: unknown, kind: string][] = [
  ['created', event('jira:issue_created'), 'start'],
  ['created in another project', event('jira:issue_created', ops), 'ignore'],
  ['created of another type', event('jira:issue_created', task), 'ignore'],
  ['created by our bot', event('jira:issue_created', {}, { user: { accountId: 'bot' } }), 'ignore'],
  ['moved to To Do', updated({}, status('To Do')), 'start'],
  ['moved to a status of a like name', updated({}, status('ToDo')), 'signal'],
  ['moved to Canceled', updated({ status: { name: 'Canceled' } }, status('Canceled')), 'signal'],
  ['moved to To Do by our bot', { ...updated({}, status('To Do')), user: { accountId: 'bot' } }, 'ignore'],
  ['a field named toString that is inherited', updated({}, { field: 'status' }), 'signal'],
  ['edited', updated({}, { field: 'Agent-Version', toString: '1.2.3' }), 'signal'],
  ['moved into the project in To Do', updated({}, { field: 'Key', toString: 'DEVOPS-77' }), 'start'],
  [
    'moved into the project, elsewhere',
    updated({ status: { name: 'Done' } }, { field: 'project' }),
    'signal',
  ],
  ['moved to another project', updated(ops, { field: 'Key', toString: 'OPS-1' }), 'signal'],
  ['changed to another type', updated(task, { field: 'issuetype', toString: 'Task' }), 'signal'],
  ['edited in another project', updated(ops, { field: 'summary', toString: 'x' }), 'ignore'],
  ['deleted', event('jira:issue_deleted'), 'signal'],
  ['deleted in another project', event('jira:issue_deleted', ops), 'signal'],
  ['commented', commented('comment_created', by('sam')), 'answer'],
  ['commented, with a user as other events have', event('comment_created', {}, by('sam')), 'answer'],
  ['a comment edited', commented('comment_updated', by('sam')), 'answer'],
  ['a comment deleted', commented('comment_deleted', by('sam')), 'ignore'],
  ['commented by our bot', commented('comment_created', by('bot')), 'ignore'],
  ['our bot’s comment edited by somebody', commented('comment_updated', by('bot', 'sam')), 'answer'],
  ['somebody’s comment edited by our bot', commented('comment_updated', by('sam', 'bot')), 'ignore'],
  ['commented in another project', commented('comment_created', by('sam'), ops), 'ignore'],
  ['commented on another type', commented('comment_created', by('sam'), task), 'ignore'],
  ['commented by nobody', commented('comment_created', { comment: { body: '/approve' } }), 'malformed'],
  ['a comment that is none', commented('comment_created', { comment: 'x' }), 'malformed'],
  ['an event of another kind', { webhookEvent: 'sprint_started' }, 'ignore'],
  ['an event named like a property of every object', { webhookEvent: 'constructor' }, 'ignore'],
  ['no body', null, 'malformed'],
  ['a list', [], 'malformed'],
  ['no name', event(''), 'malformed'],
  ['no issue', { webhookEvent: 'jira:issue_created' }, 'malformed'],
  [
    'an id that is no number',
    { ...event('jira:issue_created'), issue: { id: '../1', key: 'A-1', fields: {} } },
    'malformed',
  ],
  [
    'a key that is none',
    { ...event('jira:issue_created'), issue: { id: '1', key: 'A" OR', fields: {} } },
    'malformed',
  ],
  ['no fields', { ...event('jira:issue_created'), issue: { id: '1', key: 'A-1' } }, 'malformed'],
  ['no change log', event('jira:issue_updated'), 'malformed'],
  [
    'a change log of nonsense',
    event('jira:issue_updated', {}, changed(...([null, 1, 'x'] as never[]))),
    'signal',
  ],
];

describe('decideJiraEvent', () => {
  for (const [what, body, kind] of cases)
    it(`${kind}: ${what}`, () => assert.equal(decideJiraEvent(body, scope).kind, kind));

  it('says which ticket to start', () => {
    const decision = decideJiraEvent(updated({}, status('To Do')), scope);
    assert.deepEqual(decision, { kind: 'start', issueId: '10077', key: 'DEVOPS-77', event: 'entered To Do' });
  });

  const folder = process.env['SPECS_DIR'];
  it(`takes the documented bodies${folder ? '' : ' (skipped: SPECS_DIR is not set)'}`, function () {
    if (!folder) return this.skip();
    const read = (name: string): unknown =>
      JSON.parse(readFileSync(`${folder}/examples/jira.${name}.json`, 'utf8'));
    const documented = { ...scope, project: 'SEC', issueType: 'Task', toDo: 'Approved' };
    const names = ['issue_created', 'issue_updated', 'comment_created'];
    const kinds = names.map((name) => decideJiraEvent(read(name), documented).kind);
    assert.deepEqual(kinds, ['start', 'start', 'answer']);
  });
});

describe('decideAutomationEvent', () => {
  const body = {
    event: 'created',
    issueKey: 'DEVOPS-77',
    issueId: '10077',
    status: 'To Do',
    actor: 'sam',
    rule: 'r',
  };
  for (const [what, change, kind] of [
    ['in To Do', {}, 'start'],
    ['in another status', { status: 'Done' }, 'signal'],
    ['of another project', { issueKey: 'OPS-1' }, 'ignore'],
    ['by our bot', { actor: 'bot' }, 'ignore'],
    ['without an id', { issueId: undefined }, 'malformed'],
    ['with an id as number', { issueId: 10077 }, 'malformed'],
    ['without a key', { issueKey: '' }, 'malformed'],
    ['without a status', { status: undefined }, 'malformed'],
  ] as const)
    it(`${kind}: ${what}`, () =>
      assert.equal(decideAutomationEvent({ ...body, ...change }, scope).kind, kind));
});
