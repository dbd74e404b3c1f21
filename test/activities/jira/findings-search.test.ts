import assert from 'node:assert/strict';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback } from '../../support/loopback.ts';
import {
  fieldsAre,
  issueOf,
  issueReply,
  labelOf,
  markOf,
  reply,
  search,
  searchWith,
  siteFields,
  ticketsAt,
  useHttp,
} from './finding-site.ts';

type Seen = readonly { body: unknown }[];
const sent = (seen: Seen, index: number) => seen[index]?.body as Record<string, unknown>;
const keys = (tickets: readonly { issueId: string }[] | undefined) => tickets?.map(({ issueId }) => issueId);

describe('finding tickets: looking up', () => {
  useHttp();

  it('asks for a hundred ids in one call, for nothing but what it needs', () => {
    const ids = Array.from({ length: 100 }, (_, index) => `0f3c-${index}`);
    return withLoopback([fieldsAre(), search(issueOf('501', '0f3c-7'))], async (url, seen) => {
      const found = await ticketsAt(url).lookUp(ids);
      assert.equal(found.size, 100);
      assert.deepEqual(found.get('0f3c-7'), [
        {
          ...{ issueId: '501', key: 'SEC-501', project: 'SEC', findingId: '0f3c-7', statusName: 'To Do' },
          ...{ isDone: false, createdAt: '2026-11-22T10:00:00.501Z', movedAt: '2026-11-22T11:00:00.000Z' },
          dueDate: null,
          ...{ isOurs: true, mark: markOf('0f3c-7') },
        },
      ]);
      assert.deepEqual(found.get('0f3c-8'), []);
      const { jql, fields, properties } = sent(seen, 1);
      assert.match(String(jql), /^(cf\[10080\] ~ "\\"0f3c-\d+\\""( OR )?){100} ORDER BY created DESC$/);
      assert.equal((fields as string[]).includes('customfield_10080'), true);
      assert.equal((fields as string[]).includes('description'), false);
      assert.deepEqual(properties, ['lockkeeper']);
    });
  });

  it('takes two calls for 101 ids, and none for none', () =>
    withLoopback([fieldsAre(), search(), search()], async (url) => {
      const tickets = ticketsAt(url);
      await tickets.lookUp(Array.from({ length: 101 }, (_, index) => `id-${index}`));
      assert.equal((await tickets.lookUp([])).size, 0);
    }));

  const hostile: [string, string][] = [
    ['a"b', 'cf[10080] ~ "\\"a b\\""'],
    ['a\\" OR project = X OR cf[1] ~ "\\', 'cf[10080] ~ "\\"a   OR project = X OR cf[1] ~   \\""'],
    ['a\nb\u0000c', 'cf[10080] ~ "\\"a b c\\""'],
    ["it's (1) [x] *?", 'cf[10080] ~ "\\"it\'s (1) [x] *?\\""'],
    ['--*--', `labels = "${labelOf('--*--')}"`],
  ];
  for (const [id, term] of hostile)
    it(`quotes ${JSON.stringify(id)}`, () =>
      withLoopback([fieldsAre(), search(issueOf('501', id))], async (url, seen) => {
        const found = await ticketsAt(url).lookUp([id]);
        assert.equal(sent(seen, 1)['jql'], `${term} ORDER BY created DESC`);
        assert.deepEqual(keys(found.get(id)), ['501']);
      }));

  it('believes no answer that is not equal, and keeps to what it was asked for', () => {
    const answers = ['ab-1-2', 'AB-1', 'ab 1', ' ab-1', 'ab-1'].map((id, index) => issueOf(`50${index}`, id));
    return withLoopback([fieldsAre(), search(...answers)], async (url) => {
      const found = await ticketsAt(url).lookUp(['ab-1', 'ab-2']);
      assert.deepEqual(
        [...found].map(([id, tickets]) => [id, keys(tickets)]),
        [
          ['ab-1', ['504']],
          ['ab-2', []],
        ],
      );
    });
  });

  it('reads all pages; newest first, in whatever project', () => {
    const old = issueOf('600', 'a', { created: '2026-01-01T00:00:00.000+0000', project: 'OPS' });
    const pages = [
      searchWith({ body: { issues: [old], nextPageToken: 'next' } }),
      search(issueOf('501', 'a'), issueOf('502', 'a')),
    ];
    return withLoopback([fieldsAre(), ...pages], async (url, seen) => {
      const found = (await ticketsAt(url).lookUp(['a'])).get('a');
      assert.deepEqual(keys(found), ['502', '501', '600']);
      assert.equal(found?.[2]?.project, 'OPS');
      assert.equal(sent(seen, 2)['nextPageToken'], 'next');
    });
  });

  const others: [string, object, boolean, boolean][] = [
    ['made by a person', issueOf('501', 'a', { creator: 'eve-1', mark: undefined }), false, false],
    ['made by a person and adopted', issueOf('501', 'a', { creator: 'eve-1' }), false, true],
    ['of ours without a mark', issueOf('501', 'a', { mark: undefined }), false, false],
    ['with a spoilt mark', issueOf('501', 'a', { mark: { ...markOf('a'), left: 'ajar' } }), false, false],
    ['with a mark that is none', issueOf('501', 'a', { mark: 7 }), false, false],
  ];
  for (const [name, issue, isOurs, isMarked] of others)
    it(`knows a ticket ${name}`, () =>
      withLoopback([fieldsAre(), search(issue)], async (url) => {
        const [ticket] = (await ticketsAt(url).lookUp(['a'])).get('a') ?? [];
        assert.equal(ticket?.isOurs, isOurs);
        assert.equal(ticket.mark !== null, isMarked);
      }));

  it('leaves another source’s ticket of the same id alone', () =>
    withLoopback(
      [fieldsAre(), search(issueOf('501', 'a', { mark: markOf('a', { source: 'sarif' }) }))],
      async (url) => assert.deepEqual((await ticketsAt(url).lookUp(['a'])).get('a'), []),
    ));

  it('counts by label only what our account made for this very finding', () => {
    const planted = [
      issueOf('501', 'a', { creator: 'eve-1' }),
      issueOf('502', 'a', { mark: undefined }),
      issueOf('503', 'a', { mark: markOf('b') }),
      issueOf('504', 'a', { mark: markOf('a', { source: 'sarif' }) }),
      issueOf('505', 'changed by hand', { mark: markOf('a') }),
    ];
    return withLoopback([fieldsAre(), search(...planted)], async (url, seen) => {
      const found = await ticketsAt(url).findLabelled(['a', 'c']);
      assert.deepEqual(keys(found.get('a')), ['505']);
      assert.deepEqual(found.get('c'), []);
      const { jql } = sent(seen, 1);
      assert.equal(jql, `labels in ("${labelOf('a')}", "${labelOf('c')}") ORDER BY created DESC`);
    });
  });

  it('reads tickets past the index, without those that are gone', () => {
    const fetched = { issues: [issueOf('501', 'a')], issueErrors: [{ id: '502', errorMessage: 'no' }] };
    const expected = [
      fieldsAre(),
      reply('POST', 'issue/bulkfetch', { body: fetched }),
      reply('GET', 'issue/502', { status: 404, body: { errorMessages: ['gone'], errors: {} } }),
    ];
    return withLoopback(expected, async (url, seen) => {
      assert.deepEqual(keys(await ticketsAt(url).readMany(['501', '502', '501'])), ['501']);
      assert.deepEqual(sent(seen, 1)['issueIdsOrKeys'], ['501', '502']);
    });
  });

  it('takes no ticket for gone that Jira could not read just now', () => {
    const fetched = { issues: [], issueErrors: [{ id: '501', errorMessage: 'timed out' }] };
    const expected = [
      fieldsAre(),
      reply('POST', 'issue/bulkfetch', { body: fetched }),
      reply('GET', 'issue/501', issueReply('501', 'a')),
    ];
    return withLoopback(expected, async (url) => {
      await assertFails(() => ticketsAt(url).readMany(['501']), 'Unavailable');
    });
  });

  it('lists open tickets a page at a time, marked by us or by nobody', () => {
    const page = [
      issueOf('501', 'a'),
      issueOf('502', 'b', { creator: 'eve-1', mark: undefined }),
      issueOf('503', 'c', { mark: markOf('c', { source: 'sarif' }) }),
      issueOf('504', null, { mark: undefined }),
    ];
    const expected = [fieldsAre(), searchWith({ body: { issues: page, nextPageToken: 'p2' } }), search()];
    return withLoopback(expected, async (url, seen) => {
      const tickets = ticketsAt(url);
      const { tickets: found, next } = await tickets.listOpen(null);
      assert.deepEqual(keys(found), ['501', '502']);
      assert.deepEqual(await tickets.listOpen(next), { tickets: [], next: null });
      const { jql, maxResults } = sent(seen, 1);
      assert.equal(jql, 'cf[10080] is not EMPTY AND statusCategory != Done ORDER BY created ASC, key ASC');
      assert.equal(maxResults, 1000);
      assert.equal(sent(seen, 2)['nextPageToken'], 'p2');
    });
  });

  it('looks through ids alone for open tickets that the caller has not seen, and reads those', () => {
    const ids = [{ id: '501' }, { id: '502' }, { id: '503' }];
    const expected = [
      fieldsAre(),
      searchWith({ body: { issues: ids, nextPageToken: 'p2' } }),
      reply('POST', 'issue/bulkfetch', {
        body: { issues: [issueOf('502', 'b'), issueOf('503', 'c', { status: 'Done' })] },
      }),
      searchWith({ body: { issues: [{ id: '504' }] } }),
    ];
    return withLoopback(expected, async (url, seen) => {
      const tickets = ticketsAt(url);
      const { tickets: found, next } = await tickets.listOpen(null, new Set(['501', '504']));
      assert.deepEqual([keys(found), next], [['502'], 'ids:p2']);
      const { fields, maxResults } = sent(seen, 1);
      assert.deepEqual([fields, maxResults], [['id'], 5000]);
      assert.deepEqual(sent(seen, 2)['issueIdsOrKeys'], ['502', '503']);
      assert.deepEqual(await tickets.listOpen(next, new Set(['504'])), { tickets: [], next: null });
      assert.equal(sent(seen, 3)['nextPageToken'], 'p2');
    });
  });

  it('lists open tickets with a due date, those due first at first', () => {
    const expected = [
      fieldsAre(),
      searchWith({ body: { issues: [issueOf('501', 'a', { duedate: '2026-12-10' })] } }),
    ];
    return withLoopback(expected, async (url, seen) => {
      const { tickets, next } = await ticketsAt(url).listDue(null);
      assert.deepEqual([tickets.map(({ dueDate }) => dueDate), next], [['2026-12-10'], null]);
      assert.match(
        String(sent(seen, 1)['jql']),
        /statusCategory != Done AND duedate is not EMPTY ORDER BY duedate ASC/,
      );
    });
  });

  it('goes on with a search for ids when what was seen is lost', () => {
    const expected = [
      fieldsAre(),
      searchWith({ body: { issues: [{ id: '502' }] } }),
      reply('POST', 'issue/bulkfetch', { body: { issues: [issueOf('502', 'b')] } }),
    ];
    return withLoopback(expected, async (url, seen) => {
      const { tickets } = await ticketsAt(url).listOpen('ids:p2');
      assert.deepEqual([keys(tickets), sent(seen, 1)['nextPageToken']], [['502'], 'p2']);
    });
  });

  const idFields: [string, object[], 'NotFound' | 'InvalidInput'][] = [
    ['is missing', siteFields.filter(({ name }) => name !== 'Halo Issue ID'), 'NotFound'],
    ['is there twice', [...siteFields, { id: 'customfield_1', name: 'Halo Issue ID' }], 'InvalidInput'],
    [
      'is no text',
      [{ id: 'customfield_1', name: 'Halo Issue ID', schema: { type: 'number' } }],
      'InvalidInput',
    ],
  ];
  for (const [what, listed, type] of idFields)
    it(`names an id field that ${what}`, () =>
      withLoopback([fieldsAre(listed)], async (url) => {
        const failure = await assertFails(() => ticketsAt(url).lookUp(['a']), type);
        assert.match(failure.message, /^jira: id field Halo Issue ID: /);
      }));

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures) {
      it(`looking up meets ${name}: ${type}`, () =>
        withLoopback([fieldsAre(), searchWith(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).lookUp(['a']), type, respond);
        }));
      it(`looking by label meets ${name}: ${type}`, () =>
        withLoopback([fieldsAre(), searchWith(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).findLabelled(['a']), type, respond);
        }));
      it(`listing meets ${name}: ${type}`, () =>
        withLoopback([fieldsAre(), searchWith(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).listOpen(null), type, respond);
        }));
      it(`reading meets ${name}: ${type}`, () =>
        withLoopback([fieldsAre(), reply('POST', 'issue/bulkfetch', respond)], async (url) => {
          await assertFails(() => ticketsAt(url).readMany(['501']), type, respond);
        }));
    }
  });
});
