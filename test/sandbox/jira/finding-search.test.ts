import assert from 'node:assert/strict';
import { findingFields, findingIssue } from './finding-issue.ts';
import { startJira, type RunningJira } from './jira-site.ts';

const finding = (n: number) => `8f14e45f-ceea-467a-9a36-00000000000${n}`;

describe('jira sandbox: searching for findings', () => {
  let jira: RunningJira;
  let now = Date.UTC(2026, 10, 4, 9, 36);
  const ids: string[] = [];
  before(async () => {
    jira = await startJira({ now: () => new Date(now) });
    const seeded: [status: string, more: Record<string, unknown>][] = [
      ['To Do', { [findingFields.haloId]: finding(1), labels: ['lk-halo', 'lk-finding-1'] }],
      ['Done', { [findingFields.haloId]: finding(2), labels: ['lk-finding-2'], duedate: null }],
      ["Won't Fix", { [findingFields.haloId]: finding(3), customfield_10085: { value: 'data' } }],
      // Shares every word of the first one's id, in another order.
      ['In Progress', { [findingFields.haloId]: '000000000001-9a36-467a-ceea-8f14e45f', labels: [] }],
      [
        'To Do',
        {
          [findingFields.haloId]: `old: ${finding(1).toUpperCase()} (moved)`,
          project: { key: 'VULN' },
          components: [],
        },
      ],
      ['To Do', { [findingFields.haloId]: null, issuetype: { name: 'Task' }, ...taskFields }],
    ];
    for (const [status, more] of seeded) {
      const { body } = await jira.control('seed', { issues: [{ fields: findingIssue(more), status }] });
      ids.push((body as { issues: { id: string }[] }).issues[0]?.id ?? '');
      now += 60_000;
    }
  });
  after(() => jira.stop());
  const taskFields = Object.fromEntries(Object.values(findingFields).map((id) => [id, undefined]));

  const search = async (jql: string, more = {}) => {
    const found = await jira
      .as('jira-bot')
      .issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql, fields: ['status'], ...more });
    return found.issues?.map(({ id }) => ids.indexOf(id ?? '') + 1) ?? [];
  };

  const phrase = (n: number) => `"\\"${finding(n)}\\""`;
  const queries: [jql: string, found: number[]][] = [
    // Fuzzy as the real thing: case is nothing to it, and a longer text that holds the phrase is found as well.
    [`cf[10080] ~ ${phrase(1)} ORDER BY key`, [1, 5]],
    [`"Halo Issue ID" ~ ${phrase(1)} ORDER BY created DESC`, [5, 1]],
    [`"Halo Issue ID" ~ "${finding(1)}" ORDER BY key`, [1, 4, 5]],
    [
      `(cf[10080] ~ ${phrase(1)} OR cf[10080] ~ ${phrase(2)} OR cf[10080] ~ ${phrase(9)}) ORDER BY key`,
      [1, 2, 5],
    ],
    [`cf[10080] ~ ${phrase(1)} AND project in (VULN, OPS)`, [5]],
    [`cf[10080] ~ ${phrase(9)}`, []],
    ['"Halo Issue ID" is not EMPTY AND statusCategory != Done ORDER BY key', [1, 4, 5]],
    ['"Halo Issue ID" is EMPTY AND project = SEC', [6]],
    ['labels in ("lk-finding-1", lk-finding-2, lk-none) ORDER BY key', [1, 2]],
    ['labels = lk-finding-2', [2]],
    ['labels = LK-FINDING-2', []],
    ['labels = lk-finding-2 AND statusCategory != Done', []],
    ['labels is EMPTY AND issuetype in ("Security Finding")', [4]],
    ['project in (SEC, VULN) AND resolution = Unresolved ORDER BY key', [1, 4, 5, 6]],
    ['project = SEC AND resolution is EMPTY ORDER BY key', [1, 4, 6]],
    ['project = SEC AND resolution in (Done, "Won\'t Do") ORDER BY key', [2, 3]],
    ['project = SEC AND resolution != Done', [3]],
    ['"Owner Team" = data', [3]],
    ['"Owner Team" is EMPTY AND project = SEC AND statusCategory = Done', [2]],
    ['due <= "2026-12-01" AND project = VULN', [5]],
    ['duedate is EMPTY AND issuetype = "Security Finding"', [2]],
    ['"First Seen" < "2026-11-05" AND project = VULN', [5]],
    ['created >= "2026-11-04 09:40" AND project in (SEC, VULN) ORDER BY created ASC', [5, 6]],
    ['resolved >= "2026-11-04 09:38" ORDER BY key', [3]],
    ['statusCategoryChangedDate >= "2026-11-04 09:40" AND labels = lk-halo ORDER BY updated ASC', [5, 6]],
    ['key in (SEC-1, VULN-1) AND issuetype = "Security Finding" ORDER BY key', [1, 5]],
  ];
  for (const [jql, found] of queries)
    it(`finds by ${jql}`, async () => {
      assert.deepEqual(await search(jql), found);
    });

  const refused: [name: string, body: object, message: RegExp][] = [
    [
      'an unknown resolution',
      { jql: 'resolution = Gone' },
      /'Gone' does not exist for the field 'resolution'/,
    ],
    ['an unknown team', { jql: '"Owner Team" = it' }, /'it' does not exist/],
    ['equality of a text field', { jql: 'cf[10080] = x' }, /operator '=' is not supported/],
    ['six properties', { jql: 'project = SEC', properties: ['a', 'b', 'c', 'd', 'e', 'f'] }, /at most 5/],
    [
      '51 to reconcile',
      { jql: 'project = SEC', reconcileIssues: Array.from({ length: 51 }, (_, i) => i) },
      /at most 50/,
    ],
  ];
  for (const [name, body, message] of refused)
    it(`refuses ${name}`, async () => {
      const answer = await jira.call('POST', '/search/jql', body);
      assert.equal(answer.status, 400);
      assert.match(JSON.stringify(answer.body), message);
    });

  for (const order of ['key ASC', 'key DESC', 'created DESC', 'updated ASC', 'summary ASC, key DESC'])
    it(`gives each issue once, page by page, by ${order}, though one leaves meanwhile`, async () => {
      const label = `page-${order.replaceAll(/\W/g, '')}`;
      const template = { fields: findingIssue({ summary: 'same', labels: [label] }) };
      await jira.control('seed', { count: 7, template });
      const jql = `labels = ${label} AND statusCategory != Done ORDER BY ${order}`;
      const pages: string[][] = [];
      let nextPageToken: string | undefined;
      do {
        const { body } = await jira.call('POST', '/search/jql', {
          jql,
          maxResults: 3,
          nextPageToken,
          fields: ['key'],
        });
        const page = body as { issues: { key: string }[]; nextPageToken: string | null; isLast: boolean };
        pages.push(page.issues.map(({ key }) => key));
        nextPageToken = page.nextPageToken ?? undefined;
        assert.equal(page.isLast, nextPageToken === undefined);
        // What was on the page is closed, as a sync does it: the following ones must not be skipped.
        for (const issue of pages.at(-1) ?? [])
          await jira.control('force', { as: 'ann', issue, status: 'Done' });
      } while (nextPageToken);
      assert.deepEqual(
        pages.map(({ length }) => length),
        [3, 3, 1],
      );
      assert.equal(new Set(pages.flat()).size, 7);
    });

  it('gives at most 1,000 with fields, and up to 5,000 ids', async () => {
    const template = { fields: { project: { key: 'VULN' }, summary: 'n', labels: ['many'] } };
    await jira.control('seed', { count: 1_100, quiet: true, template });
    const sizeOf = async (more: object) => {
      const { body } = await jira.call('POST', '/search/jql', {
        jql: 'labels = many',
        maxResults: 5000,
        ...more,
      });
      return (body as { issues: object[] }).issues.length;
    };
    assert.deepEqual(
      [
        await sizeOf({}),
        await sizeOf({ fields: ['key'] }),
        await sizeOf({ fields: ['status'] }),
        await sizeOf({ fields: ['id'], properties: ['x'] }),
      ],
      [1_100, 1_100, 1_000, 1_000],
    );
  });

  it('does not see what changed within the delay, in whatever way it looks', async () => {
    const jqls = [
      'labels = fresh',
      `cf[10080] ~ "\\"fresh-1\\""`,
      'labels = fresh AND project in (SEC) ORDER BY updated',
    ];
    const fields = findingIssue({ labels: ['fresh'], [findingFields.haloId]: 'fresh-1' });
    await jira.control('late-index', { ms: 60_000 });
    const { id } = await jira.as('sam').issues.createIssue({ fields });
    ids.push(id);
    const me = ids.length;
    for (const jql of jqls) {
      assert.deepEqual(await search(jql), [], jql);
      assert.deepEqual(await search(jql, { reconcileIssues: [Number(id)] }), [me], jql);
    }
    now += 60_000;
    await jira
      .as('sam')
      .issues.editIssue({ issueIdOrKey: id, fields: { labels: [], [findingFields.haloId]: 'other' } });
    for (const jql of jqls) assert.deepEqual(await search(jql), [me], 'the index still shows what is gone');
    assert.deepEqual(await search(jqls[1] ?? '', { reconcileIssues: [Number(id)] }), []);
    now += 60_000;
    for (const jql of jqls) assert.deepEqual(await search(jql), [], jql);
    await jira.control('late-index', { ms: 0 });
  });

  it('forgets what is deleted at once', async () => {
    const fields = findingIssue({ [findingFields.haloId]: 'doomed-1' });
    const { id } = await jira.as('sam').issues.createIssue({ fields });
    await jira.call('DELETE', `/issue/${id}`, undefined, 'sam');
    assert.deepEqual(await search('cf[10080] ~ "doomed"'), []);
  });
});
