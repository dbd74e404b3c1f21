import assert from 'node:assert/strict';
import { fromPlain } from '../../../../activities/jira/incidents/plain-adf.ts';
import type { IncidentTickets } from '../../../../activities/jira/incidents/port.ts';
import { assertFails, vendorFailures } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../../support/loopback.ts';
import { useHttp } from '../finding-site.ts';
import { label, mark, orderOf, ticketsAt } from './incident-site.ts';

const issue = '/issue/501';
const reply = (method: string, path: string, respond: Respond): Expected => ({
  ...{ method, path: `/rest/api/3${path}`, respond },
});
const noComments = reply('GET', `${issue}/comment`, { body: { comments: [], total: 0 } });
const noWatchers = reply('GET', `${issue}/watchers`, { body: { watchers: [] } });
const noFields = reply('GET', '/field', {
  body: [{ id: 'summary', name: 'Summary', schema: { type: 'string', system: 'summary' } }],
});
const property = { key: 'k' };

interface Case {
  readonly method: string;
  readonly path: string;
  readonly call: (tickets: IncidentTickets) => Promise<unknown>;
  readonly besides?: readonly Expected[];
  /** Failures that mean something else here. */
  readonly not?: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'reading an issue': {
    ...{ method: 'GET', path: issue },
    call: (tickets) => tickets.readIssue('501', []),
  },
  'asking for a right': {
    ...{ method: 'GET', path: '/mypermissions', not: ['404'] },
    call: (tickets) => tickets.canBrowse('INC'),
  },
  'finding by label': { method: 'POST', path: '/search/jql', call: (tickets) => tickets.findMarked(label) },
  'finding what changed': { method: 'POST', path: '/search/jql', call: (tickets) => tickets.findChanged(5) },
  creating: { method: 'POST', path: '/issue', call: (tickets) => tickets.createIssue(orderOf()) },
  tying: { method: 'PUT', path: issue, call: (tickets) => tickets.setMark('501', mark, label) },
  untying: {
    ...{ method: 'DELETE', path: `${issue}/properties/lockkeeper`, not: ['404'] },
    call: (tickets) => tickets.removeMark('501', label),
  },
  'reading a mark': {
    ...{ method: 'GET', path: `${issue}/properties/lockkeeper`, not: ['404'] },
    call: (tickets) => tickets.readMark('501'),
  },
  'writing fields': {
    ...{ method: 'GET', path: `${issue}/changelog`, besides: [noFields] },
    call: (tickets) => tickets.writeFields('501', { summary: 'x' }),
  },
  moving: {
    ...{ method: 'GET', path: issue },
    call: (tickets) => tickets.moveTo('501', 'Done', { resolution: null }),
  },
  commenting: {
    ...{ method: 'POST', path: `${issue}/comment`, besides: [noComments] },
    call: (tickets) => tickets.ensureComment('501', 'x', property),
  },
  'editing a comment': {
    ...{ method: 'GET', path: `${issue}/comment/7` },
    call: (tickets) => tickets.updateComment('501', '7', 'x'),
  },
  attaching: {
    ...{ method: 'GET', path: issue },
    call: (tickets) => tickets.upload('501', { fileName: 'x', file: '/nowhere', size: 1 }),
  },
  'looking for a watcher': {
    ...{ method: 'GET', path: '/user/search', besides: [noWatchers] },
    call: (tickets) => tickets.addWatchers('501', ['sam@example.com']),
  },
  'reading a form': {
    ...{ method: 'GET', path: '/issue/createmeta/INC/issuetypes', not: ['404'] },
    call: (tickets) => tickets.findFormFaults(),
  },
};

describe('incident tickets when Jira fails', () => {
  useHttp();
  for (const [name, { method, path, call, besides = [], not = [] }] of Object.entries(cases))
    for (const [failure, respond, type] of vendorFailures.filter(([one]) => one !== 'no answer'))
      if (!not.includes(failure))
        it(`${name} meets ${failure}: ${type}`, async () => {
          await withLoopback([reply(method, path, respond), ...besides], async (url) => {
            await assertFails(() => call(ticketsAt(url)), type, respond);
          });
        });
});

describe('incident tickets when Jira does not answer', () => {
  useHttp(100);
  it('creating ends, and the outcome is unknown', async () => {
    await withLoopback([reply('POST', '/issue', 'hang')], async (url) => {
      await assertFails(() => ticketsAt(url).createIssue(orderOf()), 'Unavailable');
    });
  });
});

describe('comments that change while they are read', () => {
  useHttp();
  const page = (from: number, count: number, total: number) =>
    reply('GET', `${issue}/comment`, {
      body: {
        ...{ startAt: from, maxResults: 100, total },
        comments: Array.from({ length: count }, (_, at) => ({
          ...{ id: String(from + at + 1), author: { accountId: 'p' }, body: fromPlain('x') },
          ...{ created: '2026-11-04T09:00:00.000+0000', updated: '2026-11-04T09:00:00.000+0000' },
        })),
      },
    });
  const shown = reply('GET', issue, {
    body: {
      ...{ id: '501', key: 'INC-1' },
      fields: {
        ...{ status: { id: '1', name: 'To Do', statusCategory: { id: 2, key: 'new' } } },
        ...{ project: { key: 'INC' }, issuetype: { name: 'Incident' } },
        ...{ created: '2026-11-04T09:00:00.000+0000', updated: '2026-11-04T09:00:00.000+0000' },
      },
    },
  });

  it('are read again: what slipped off a page would pass for deleted', async () => {
    const pages = [page(0, 100, 150), page(100, 49, 149), page(0, 100, 149), page(100, 49, 149)];
    await withLoopback([shown, noWatchers, ...pages], async (url) => {
      const { comments } = await ticketsAt(url).readIssue('501', []);
      assert.equal(comments.length, 149);
    });
  });

  it('are a failure when they never rest, or when a page is short', async () => {
    for (const pages of [
      [page(0, 100, 150), page(100, 49, 149)],
      [page(0, 100, 150), page(100, 0, 150)],
    ])
      await withLoopback([shown, noWatchers, ...pages, ...pages, ...pages], async (url) => {
        await assertFails(() => ticketsAt(url).readIssue('501', []), 'Unavailable');
      });
  });
});

describe('watchers that cannot be read', () => {
  useHttp();
  for (const status of [403, 404])
    it(`${status}: nobody is known, and people are added all the same`, async () => {
      const person = {
        accountId: 'p',
        emailAddress: 'sam@example.com',
        active: true,
        accountType: 'atlassian',
      };
      const expected = [
        reply('GET', `${issue}/watchers`, { status, body: {} }),
        reply('GET', '/user/search', { body: [person, { ...person, emailAddress: 'sam@example.com.test' }] }),
        reply('POST', `${issue}/watchers`, { status: 204 }),
      ];
      await withLoopback(expected, async (url, seen) => {
        const answer = await ticketsAt(url).addWatchers('501', ['sam@example.com']);
        assert.deepEqual(answer, { added: 1, unknown: 0 });
        assert.equal(seen.at(-1)?.body, 'p');
      });
    });

  const sam = { accountId: 'p', emailAddress: 'sam@example.com', active: true, accountType: 'atlassian' };
  const others: readonly (readonly [name: string, found: object[]])[] = [
    ['two of one e-mail', [sam, { ...sam, accountId: 'q' }]],
    ['one who left', [{ ...sam, active: false }]],
    ['an app', [{ ...sam, accountType: 'app' }]],
    ['one who hides', [{ ...sam, emailAddress: undefined }]],
  ];
  for (const [name, found] of others)
    it(`takes none of ${name}`, async () => {
      await withLoopback([noWatchers, reply('GET', '/user/search', { body: found })], async (url) => {
        const answer = await ticketsAt(url).addWatchers('501', ['sam@example.com']);
        assert.deepEqual(answer, { added: 0, unknown: 1 });
      });
    });
});
