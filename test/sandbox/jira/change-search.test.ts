import assert from 'node:assert/strict';
import { matchesText } from '../../../sandbox/jira/text-search.ts';
import { changeFields, changeRequest, paragraph, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: searching for change requests', () => {
  let jira: RunningJira;
  let now = Date.UTC(2026, 10, 4, 9, 36);
  const keys: string[] = [];
  before(async () => {
    jira = await startJira({ now: () => new Date(now) });
    const filed: [status: string, fields: Record<string, unknown>][] = [
      ['Draft', { [changeFields.build]: '41', labels: ['lk-a'], components: [{ name: 'api' }] }],
      ['Approved', { [changeFields.build]: '412', [changeFields.environment]: 'infrastructure' }],
      [
        'Closed',
        { [changeFields.build]: '41', [changeFields.project]: 'shop/api', priority: { name: 'Highest' } },
      ],
      ['Canceled', { [changeFields.build]: null, [changeFields.justification]: null, components: [] }],
    ];
    for (const [status, fields] of filed) {
      const { body } = await jira.control('seed', { issues: [{ fields: changeRequest(fields), status }] });
      keys.push((body as { issues: { key: string }[] }).issues[0]?.key ?? '');
      now += 60_000;
    }
    const task = { project: { key: 'PRODCM' }, issuetype: { name: 'Task' }, summary: 'Finding' };
    await jira.control('seed', { issues: [{ fields: task }] });
  });
  after(() => jira.stop());

  const queries: [jql: string, found: number[]][] = [
    ['project = PRODCM and issuetype = "Change Request" order by key', [1, 2, 3, 4]],
    ['project = "Production change management" and type = Task', [0]],
    ['project = PRODCM and "Build number" ~ "41" order by key', [1, 3]],
    ['"Build number" ~ "\\"41\\"" order by key', [1, 3]],
    ['"Build number" ~ "41*" order by key', [1, 2, 3]],
    ['cf[10064] ~ "412"', [2]],
    ['"Build number[Short text]" ~ "412"', [2]],
    ['"Build number" is EMPTY and type = "Change Request"', [4]],
    ['"Build number" is not EMPTY order by key', [1, 2, 3]],
    ['"Build number" !~ "41" order by key', [2]],
    ['cf[10061] ~ "infrastructure"', [2]],
    // Jira's own Environment, which nobody fills.
    ['"Environment" ~ "infrastructure"', []],
    ['cf[10062] ~ "shop/web" order by key', [1, 2, 4]],
    ['cf[10062] ~ "web shop" order by key', [1, 2, 4]],
    ['cf[10062] ~ "\\"web shop\\""', []],
    ['"Commit SHA" ~ "8f14e45fceea167a5a36dedd4bea2543c0ffee00" order by key', [1, 2, 3, 4]],
    ['"Commit SHA" ~ "8f14e45f"', []],
    ['Justification ~ "basket" order by key', [1, 2, 3]],
    ['"Justification[Paragraph]" is EMPTY and type = "Change Request"', [4]],
    ['component = api', [1]],
    ['component in (web, api) order by key', [1, 2, 3]],
    ['component is EMPTY and type = "Change Request"', [4]],
    ['statusCategory = Done order by key', [3, 4]],
    ['statusCategory != done and type = "Change Request" order by key', [1, 2]],
    ['statusCategory = "To Do" and type = "Change Request"', [1]],
    ['statusCategory = 4', [2]],
    ['status in (Draft, Approved) order by key', [1, 2]],
    ['labels = lk-a', [1]],
    ['priority = Highest', [3]],
    ['project = PRODCM and updated >= "2026-11-04 09:38" order by updated asc', [3, 4, 0]],
    ['created >= "2026-11-04 09:37" and created < "2026-11-04 09:38"', [2]],
    ['type = "Change Request" order by "Build number" desc, key asc', [4, 2, 1, 3]],
  ];
  for (const [jql, found] of queries)
    it(`finds by ${jql}`, async () => {
      const { issues = [] } = await jira
        .as('jira-bot')
        .issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql, fields: ['status'] });
      assert.deepEqual(
        issues.map(({ key }) => keys.indexOf(key ?? '') + 1),
        found,
      );
    });

  const refused: [jql: string, message: RegExp][] = [
    ['"Build number" = "41"', /operator '=' is not supported/],
    ['"Build number" in (41)', /operator 'in' is not supported/],
    ['"Project" ~ "shop/web"', /operator '~' is not supported by the 'project' field/],
    ['project = "shop/web"', /value 'shop\/web' does not exist for the field 'project'/],
    ['component = mobile', /value 'mobile' does not exist for the field 'component'/],
    ['statusCategory = Waiting', /value 'Waiting' does not exist for the field 'statusCategory'/],
    ['priority = Urgent', /value 'Urgent' does not exist for the field 'priority'/],
    ['cf[10099] ~ "x"', /Field 'cf\[10099\]' does not exist/],
  ];
  for (const [jql, message] of refused)
    it(`answers 400 to ${jql}`, async () => {
      const { status, body } = await jira.call('POST', '/search/jql', { jql });
      assert.equal(status, 400);
      assert.match(JSON.stringify(body), message);
    });

  it('shows fields, transitions of the caller, and the properties asked for', async () => {
    const [, approved = ''] = keys;
    await jira.call('PUT', `/issue/${approved}/properties/lockkeeper`, { workflowId: 'change:x' });
    await jira.call('PUT', `/issue/${approved}/properties/other`, 1);
    const { issues = [] } = await jira.as('eve').issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: 'status = Approved',
      fields: [changeFields.build, 'components', changeFields.rollbackPlan],
      properties: ['lockkeeper'],
      expand: 'transitions',
    });
    const [issue] = issues;
    assert.deepEqual(issue?.properties, { lockkeeper: { workflowId: 'change:x' } });
    assert.equal(issue?.fields?.[changeFields.build], '412');
    assert.deepEqual(issue?.fields?.[changeFields.rollbackPlan], paragraph('Deploy build 411 again.'));
    assert.deepEqual(
      issue?.transitions?.map(({ name }) => name),
      ['Require manual review', 'Start deploy'],
    );
  });
});

describe('jira sandbox: words that ~ finds', () => {
  const cases: [text: string, query: string, found: boolean][] = [
    ['Promote agent 1.4.2', '1.4.2', true],
    ['Promote agent 1.4.2', '1.4', false],
    ['Promote agent 1.4.2', '1.4*', true],
    ['Promote agent 1.4.2', 'AGENT promote', true],
    ['Promote agent 1.4.2', '"promote agent"', true],
    ['Promote agent 1.4.2', '"agent promote"', false],
    ['Promote agent 1.4.2', 'agent missing', false],
    ['release/2.0-rc_1', '2.0-rc_1', true],
    ['release/2.0', '"release/2.0"', true],
    ['release-2.0', '"release/2.0"', true],
    ['anything', '""', false],
    ['anything', '-- / *', false],
    ['', 'x', false],
  ];
  for (const [text, query, found] of cases)
    it(`${found ? 'finds' : 'does not find'} ${query} in "${text}"`, () => {
      assert.equal(matchesText(text, query), found);
    });
});
