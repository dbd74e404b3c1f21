import assert from 'node:assert/strict';
import { deployRequest, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: search', () => {
  let jira: RunningJira;
  let now = Date.UTC(2026, 10, 4, 9, 36);
  const keys: string[] = [];
  before(async () => {
    jira = await startJira({ now: () => new Date(now) });
    for (const [version, labels] of [
      ['1.0.0', ['lk-1']],
      ['1.1.0', []],
      ['2.0.0', ['lk-1', 'x']],
    ] as const) {
      const assignee = version === '2.0.0' ? { accountId: jira.person('dev').jira.accountId } : null;
      const fields = deployRequest({ customfield_10050: version, labels, assignee });
      keys.push((await jira.as('sam').issues.createIssue({ fields })).key);
      now += 60_000;
    }
    await jira.control('seed', { issues: [{ fields: { project: { key: 'OPS' }, summary: 'Sweep' } }] });
    await jira.control('force', { as: 'ann', issue: keys[1], status: 'Failed' });
  });
  after(() => jira.stop());

  const search = async (jql: string) => {
    const found = await jira
      .as('dana')
      .issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql, fields: ['status'] });
    return found.issues?.map((issue) => keys.indexOf(issue.key ?? '') + 1) ?? [];
  };

  const queries: [jql: string, found: number[]][] = [
    ['project = DEVOPS ORDER BY key ASC', [1, 2, 3]],
    ['project = Devops', [3, 2, 1]],
    ['project = OPS', [0]],
    ['project = DEVOPS AND status = Failed', [2]],
    ['project = DEVOPS AND status != "Failed" order by created', [1, 3]],
    ['status in (Failed, Done) OR labels = x order by id', [2, 3]],
    ['issuetype = "Security Agent Deploy Request" and labels in (lk-1) order by key', [1, 3]],
    ['project = DEVOPS AND NOT (labels = lk-1)', [2]],
    ['labels is EMPTY and project = DEVOPS', [2]],
    ['assignee is not EMPTY', [3]],
    ['project = DEVOPS and assignee is EMPTY order by key desc', [2, 1]],
    ['creator = currentUser() and project = DEVOPS', []],
    ['created >= "2026-11-04 09:37" and project = DEVOPS order by created asc', [2, 3]],
    ['created < "2026/11/04 09:37"', [1]],
    ['updated > -1m and project = DEVOPS', [2]],
    ['key > DEVOPS-1 and project = DEVOPS order by key', [2, 3]],
    ['cf[10050] ~ "1.1.0"', [2]],
    ['"Agent-Version" ~ "2.0*"', [3]],
    ['"Agent-Version" ~ "2.0"', []],
    ['key in (DEVOPS-1, devops-3) order by key', [1, 3]],
  ];
  for (const [jql, found] of queries)
    it(`finds by ${jql}`, async () => {
      assert.deepEqual(await search(jql), found);
    });

  const refused: [jql: string, message: RegExp][] = [
    ['', /Unbounded/],
    ['order by key', /Unbounded/],
    ['colour = red', /Field 'colour' does not exist/],
    ['__proto__ = red', /Field '__proto__' does not exist/],
    ['project = NOPE', /The value 'NOPE' does not exist for the field 'project'/],
    ['status = Cancelled', /The value 'Cancelled' does not exist/],
    ['key = DEVOPS-9999', /An issue with key 'DEVOPS-9999' does not exist/],
    ['project = DEVOPS AND', /ends too early/],
    ['project DEVOPS', /expecting an operator/],
    ['project = DEVOPS status = Done', /expecting nothing more/],
    ['(project = DEVOPS', /expecting '\)'/],
    ['project ~ DEVOPS', /operator '~' is not supported/],
    ['cf[10050] = "1.0.0"', /operator '=' is not supported/],
    ['created > yesterday', /date value 'yesterday' is invalid/],
    ['project = "DEVOPS', /position/],
  ];
  for (const [jql, message] of refused)
    it(`answers 400 to ${jql || 'an empty query'}`, async () => {
      const { status, body } = await jira.call('POST', '/search/jql', { jql });
      assert.equal(status, 400);
      assert.match(JSON.stringify(body), message);
    });

  it('answers ids only unless fields are asked for, page by page', async () => {
    const jql = 'project = DEVOPS order by key';
    const first = await jira.call('GET', `/search/jql?maxResults=2&jql=${encodeURIComponent(jql)}`);
    const { issues, nextPageToken, isLast } = first.body as {
      issues: object[];
      nextPageToken: string;
      isLast: boolean;
    };
    assert.deepEqual([issues.map(Object.keys), isLast], [[['id'], ['id']], false]);
    const request = { jql, nextPageToken, fields: ['key'] };
    const last = await jira.as('dana').issueSearch.searchAndReconsileIssuesUsingJql(request);
    assert.deepEqual(
      last.issues?.map((issue) => issue.key),
      [keys[2]],
    );
    assert.deepEqual([last.isLast, last.nextPageToken], [true, null]);
  });

  it('refuses a page token of another query', async () => {
    const first = await jira.call('POST', '/search/jql', { jql: 'project = DEVOPS', maxResults: 1 });
    const { nextPageToken } = first.body as { nextPageToken: string };
    assert.equal(
      (await jira.call('POST', '/search/jql', { jql: 'project = OPS', nextPageToken })).status,
      400,
    );
  });

  it('counts', async () => {
    assert.equal((await jira.as('dana').issueSearch.countIssues({ jql: 'project = DEVOPS' })).count, 3);
  });

  it('learns of a change late when told so, except for reconciled issues', async () => {
    await jira.control('late-index', { ms: 10_000 });
    const { id } = await jira.as('sam').issues.createIssue({ fields: deployRequest({ labels: ['late'] }) });
    const request = { jql: 'labels = late', fields: ['labels'] };
    const find = async (more = {}) =>
      (await jira.as('dana').issueSearch.searchAndReconsileIssuesUsingJqlPost({ ...request, ...more })).issues
        ?.length;
    assert.deepEqual([await find(), await find({ reconcileIssues: [Number(id)] })], [0, 1]);
    now += 10_000;
    assert.equal(await find(), 1);
    await jira.as('dana').issues.editIssue({ issueIdOrKey: id, fields: { labels: [] } });
    assert.equal(await find(), 1, 'the index still shows the label that is gone');
    await jira.control('late-index', { ms: 0 });
    assert.equal(await find(), 0);
  });

  for (const method of ['GET', 'POST'])
    it(`says that ${method} /search has been removed`, async () => {
      const { status, body } = await jira.call(
        method,
        '/search',
        method === 'POST' ? { jql: 'x' } : undefined,
      );
      const message =
        'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046';
      assert.deepEqual([status, body], [410, { errorMessages: [message], errors: {} }]);
    });
});
