import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { issuePath, issueReply, jiraAt, ticket, toStatus } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';

const order = { ...ticket, key: 'agent-promotion:acme:10024/7/done', body: [paragraph('Published.')] };
const commentPath = `${issuePath}/comment`;
const post = (path: string, respond: Respond): Expected => ({ method: 'POST', path, respond });
const read = (status: string, fields = {}): Expected => ({
  method: 'GET',
  path: issuePath,
  respond: issueReply(status, fields),
});

function comments(...own: { id: string; author?: string; key?: string }[]): Expected {
  const found = own.map(({ id, author = 'bot-1', key }) => ({
    id,
    author: { accountId: author },
    properties: key === undefined ? [] : [{ key: 'lockkeeper', value: { key } }],
  }));
  const respond = { body: { startAt: 0, maxResults: 100, total: found.length, comments: found } };
  return { method: 'GET', path: commentPath, respond };
}

function transitions(...names: string[]): Expected {
  const listed = names.map((name, index) => ({
    id: String(index + 11),
    name: `to ${name}`,
    to: toStatus(name),
  }));
  return { method: 'GET', path: `${issuePath}/transitions`, respond: { body: { transitions: listed } } };
}

describe('jira client: comments', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('carries the key in the create call and never in the text', () =>
    withLoopback([comments(), post(commentPath, { status: 201, body: { id: '9' } })], async (url, seen) => {
      assert.deepEqual(await jiraAt(url).commentTicket(order), { commentId: '9', created: true });
      const { body, properties } = seen[1]?.body as Record<string, unknown>;
      assert.deepEqual(properties, [{ key: 'lockkeeper', value: { key: order.key } }]);
      assert.doesNotMatch(JSON.stringify(body), /agent-promotion/);
      assert.equal(seen[0]?.query.get('expand'), 'properties');
    }));

  it('makes one comment when the answer is lost', () => {
    const repeated = comments({ id: '9', key: order.key });
    return withLoopback([comments(), post(commentPath, 'lost'), repeated], async (url) => {
      const jira = jiraAt(url);
      await assertFails(() => jira.commentTicket(order), 'Unavailable');
      assert.deepEqual(await jira.commentTicket(order), { commentId: '9', created: false });
    });
  });

  it('is not silenced by another person’s comment with our property', () => {
    const planted = comments({ id: '8', author: 'eve-1', key: order.key }, { id: '7', key: 'other' });
    return withLoopback([planted, post(commentPath, { status: 201, body: { id: '9' } })], async (url) =>
      assert.equal((await jiraAt(url).commentTicket(order)).created, true),
    );
  });

  it('looks through all pages', () => {
    const page = (startAt: number, key: string): Expected => {
      const one = {
        id: String(startAt),
        author: { accountId: 'bot-1' },
        properties: [{ key: 'lockkeeper', value: { key } }],
      };
      const respond = { body: { startAt, maxResults: 1, total: 2, comments: [one] } };
      return { method: 'GET', path: commentPath, respond };
    };
    return withLoopback([page(0, 'other'), page(1, order.key)], async (url, seen) => {
      assert.equal((await jiraAt(url).commentTicket(order)).created, false);
      assert.equal(seen[1]?.query.get('startAt'), '1');
    });
  });

  it('looks up its own account once when it is not configured', () => {
    const myself: Expected = {
      method: 'GET',
      path: '/rest/api/3/myself',
      respond: { body: { accountId: 'bot-1' } },
    };
    const there = comments({ id: '9', key: order.key });
    return withLoopback([myself, there, there], async (url) => {
      const jira = jiraAt(url, { botAccountId: '' });
      await jira.commentTicket(order);
      assert.equal((await jira.commentTicket(order)).created, false);
    });
  });

  for (const [name, respond, type] of vendorFailures)
    it(`commenting meets ${name}: ${type}`, () =>
      withLoopback([comments(), post(commentPath, respond)], async (url) => {
        await assertFails(() => jiraAt(url).commentTicket(order), type, respond);
      }));
});

describe('jira client: moves', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());
  const move = { ...ticket, to: 'inProgress' as const };
  const movePath = `${issuePath}/transitions`;

  it('chooses the transition by its target', () =>
    withLoopback(
      [read('ToDo'), transitions('Canceled', 'In Progress'), post(movePath, { status: 204 })],
      async (url, seen) => {
        const moved = { changed: true, fromName: 'ToDo', toName: 'In Progress' };
        assert.deepEqual(await jiraAt(url).transitionTicket(move), moved);
        assert.deepEqual(seen[2]?.body, { transition: { id: '12' } });
      },
    ));

  it('being there already is success', () =>
    withLoopback([read('In Progress')], async (url) =>
      assert.equal((await jiraAt(url).transitionTicket(move)).changed, false),
    ));

  it('moves once when the answer is lost', () =>
    withLoopback(
      [read('ToDo'), transitions('In Progress'), post(movePath, 'lost'), read('In Progress')],
      async (url) => {
        const jira = jiraAt(url);
        await assertFails(() => jira.transitionTicket(move), 'Unavailable');
        assert.equal((await jira.transitionTicket(move)).changed, false);
      },
    ));

  it('takes no transition that is not listed', () =>
    withLoopback([read('Done'), transitions('Canceled')], async (url) => {
      const failure = await assertFails(() => jiraAt(url).transitionTicket(move), 'Conflict');
      assert.equal(failure.message, 'jira: move DEVOPS-24: no transition leads from Done to In Progress');
    }));

  const refusal: Respond = { status: 400, body: { errorMessages: ['It is not on the screen'], errors: {} } };
  const races: [string, string, 'InvalidInput' | 'Conflict' | undefined][] = [
    ['Jira’s own words when nothing moved', 'ToDo', 'InvalidInput'],
    ['a conflict when somebody moved it elsewhere', 'Canceled', 'Conflict'],
    ['success when somebody moved it there', 'In Progress', undefined],
  ];
  for (const [name, after, type] of races)
    it(`a refused move is ${name}`, () =>
      withLoopback(
        [read('ToDo'), transitions('In Progress'), post(movePath, refusal), read(after)],
        async (url) => {
          const moving = () => jiraAt(url).transitionTicket(move);
          if (type) await assertFails(moving, type);
          else assert.equal((await moving()).changed, false);
        },
      ));

  for (const [name, respond, type] of vendorFailures) {
    // A refusal of the move itself is judged by where the ticket stands afterwards.
    const again = type === 'NotFound' || type === 'Conflict' ? [read('ToDo')] : [];
    it(`moving meets ${name}: ${type}`, () =>
      withLoopback(
        [read('ToDo'), transitions('In Progress'), post(movePath, respond), ...again],
        async (url) => {
          await assertFails(() => jiraAt(url).transitionTicket(move), type, respond);
        },
      ));
  }
});

describe('jira client: assignee and link', () => {
  const put = (path: string): Expected => ({ method: 'PUT', path, respond: { status: 204 } });
  const assignees = [
    [{ kind: 'account', accountId: 'sam-1' }, 'sam-1'],
    [{ kind: 'bot' }, 'bot-1'],
    [{ kind: 'on-call' }, 'dev-1'],
  ] as const;
  for (const [assignee, accountId] of assignees)
    it(`assigns to ${assignee.kind}`, () =>
      withLoopback([read('ToDo', { assignee: null }), put(`${issuePath}/assignee`)], async (url, seen) => {
        assert.deepEqual(await jiraAt(url).assignTicket({ ...ticket, assignee }), {
          changed: true,
          accountId,
        });
        assert.deepEqual(seen[1]?.body, { accountId });
      }));

  it('assigns nobody who has it already', () =>
    withLoopback([read('ToDo', { assignee: { accountId: 'bot-1' } })], async (url) =>
      assert.equal((await jiraAt(url).assignTicket({ ...ticket, assignee: { kind: 'bot' } })).changed, false),
    ));
});
