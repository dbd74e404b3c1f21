import assert from 'node:assert/strict';
import { createCloudClient } from 'jira.js/cloud';
import { deployRequest, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: people, projects and permissions', () => {
  let jira: RunningJira;
  before(async () => {
    jira = await startJira();
  });
  after(() => jira.stop());

  it('knows its caller by e-mail and token', async () => {
    const me = await jira.as('jira-bot').myself.getCurrentUser({ expand: 'groups' });
    assert.deepEqual(
      [me.accountId, me.emailAddress],
      [jira.person('jira-bot').jira.accountId, 'jira-bot@example.com'],
    );
    assert.equal(me.groups?.items?.[0]?.name, 'automation');
  });

  it('answers 401 to a wrong token and to none', async () => {
    const auth = { type: 'basic' as const, email: 'sam@example.com', apiToken: 'wrong' };
    const stranger = createCloudClient({ host: jira.url, auth });
    await assert.rejects(stranger.myself.getCurrentUser(), { name: 'AuthError' });
    const bare = await fetch(`${jira.url}/rest/api/3/myself`);
    assert.equal(bare.status, 401);
    assert.match(await bare.text(), /Client must be authenticated/);
  });

  it('answers 404 to an unknown path, 405 to a wrong method, 400 to broken JSON', async () => {
    assert.equal((await jira.call('GET', '/nothing')).status, 404);
    assert.equal((await jira.call('PATCH', '/issue/DEVOPS-1')).status, 405);
    assert.equal((await jira.call('GET', '/issue/%E0%A4')).status, 400);
    const { email, jira: account } = jira.person('sam');
    const authorization = `Basic ${Buffer.from(`${email}:${account.apiToken}`).toString('base64')}`;
    const init = { method: 'POST', headers: { authorization }, body: '{"fields":' };
    assert.equal((await fetch(`${jira.url}/rest/api/3/issue`, init)).status, 400);
  });

  it('finds people by name and e-mail, and those who may be assigned', async () => {
    const byName = await jira.as('dana').userSearch.findUsers({ query: 'sof' });
    const assignable = await jira.as('dana').userSearch.findAssignableUsers({ project: 'DEVOPS' });
    assert.deepEqual(
      byName.map((person) => person.displayName),
      ['Sofia Lind'],
    );
    assert.equal(assignable.length, 11);
    assert.equal((await jira.call('GET', '/user/assignable/search')).status, 400);
    assert.equal((await jira.call('GET', '/user/search')).status, 400);
  });

  it('reads one person by account id', async () => {
    const { accountId } = jira.person('lee').jira;
    assert.equal((await jira.as('dana').users.getUser({ accountId })).displayName, 'Lee Park');
    assert.equal((await jira.call('GET', '/user?accountId=x')).status, 404);
  });

  it('lists the members of a group, page by page', async () => {
    const groups = jira.as('jira-bot').groups;
    const all = await groups.getUsersFromGroup({ groupname: 'devops' });
    const second = await groups.getUsersFromGroup({ groupname: 'devops', startAt: 1, maxResults: 1 });
    assert.deepEqual(
      all.values.map(({ displayName }) => displayName),
      ['Dana Petrov', 'Devi Rao', 'Lee Park'],
    );
    assert.deepEqual([all.isLast, second.isLast, second.total], [true, false, 3]);
    assert.equal(second.values[0]?.displayName, 'Devi Rao');
    const nextPage = (second as { nextPage?: string }).nextPage ?? '';
    assert.match(nextPage, /startAt=2$/);
    assert.equal((await groups.getUsersFromGroup({ groupId: 'devops-leads' })).total, 1);
  });

  it('knows no group that nobody is in, and none without a name', async () => {
    assert.equal((await jira.call('GET', '/group/member?groupname=nobody')).status, 404);
    assert.equal((await jira.call('GET', '/group/member')).status, 400);
    assert.equal((await jira.call('GET', '/group/member?groupname=devops&startAt=x')).status, 400);
  });

  it('has tasks in both projects, and finds them by type', async () => {
    for (const key of ['DEVOPS', 'OPS']) {
      const fields = { project: { key }, issuetype: { name: 'Task' }, summary: 'Drift', labels: ['drift'] };
      await jira.as('jira-bot').issues.createIssue({ fields });
    }
    const body = { jql: 'issuetype = Task AND labels = drift ORDER BY key', fields: ['project', 'status'] };
    const { issues } = (await jira.call('POST', '/search/jql', body)).body as {
      issues: { fields: object }[];
    };
    assert.match(JSON.stringify(issues[0]), /"key":"DEVOPS".*"name":"To Do"/);
    assert.equal(issues.length, 2);
  });

  it('tells who may do what', async () => {
    const permissions = 'CREATE_ISSUES,ADMINISTER,DELETE_ISSUES';
    const held = async (name: string, more = {}) => {
      const answer = await jira.as(name).permissions.getMyPermissions({ permissions, ...more });
      return Object.values(answer.permissions ?? {}).map((one) => one.havePermission as boolean);
    };
    const { key } = await jira.as('sam').issues.createIssue({ fields: deployRequest() });
    assert.deepEqual(await held('eve'), [true, false, false]);
    assert.deepEqual(await held('ann'), [true, true, true]);
    assert.deepEqual(await held('sam', { issueKey: key }), [true, false, true]);
    assert.equal((await jira.call('GET', '/mypermissions?permissions=FLY')).status, 400);
  });

  it('describes its projects and statuses', async () => {
    const { values } = await jira.as('dana').projects.searchProjects();
    const [type] = await jira.as('dana').projects.getAllStatuses({ projectIdOrKey: 'DEVOPS' });
    assert.deepEqual(
      values.map((project) => [project.key, project.name]),
      [
        ['DEVOPS', 'Devops'],
        ['OPS', 'Operations'],
        ['GATED', 'Gated'],
        ['PRODCM', 'Production change management'],
        ['SEC', 'Security findings'],
        ['VULN', 'Vulnerabilities'],
        ['INC', 'Security incidents'],
        ['SECCHG', 'Changes of secrets'],
      ],
    );
    assert.equal(type?.name, 'Security Agent Deploy Request');
    assert.deepEqual(
      type?.statuses.map((status) => status.name),
      ['ToDo', 'In Progress', 'Done', 'Info Needed', 'Failed', 'Canceled'],
    );
    const project = await jira.as('dana').projects.getProject({ projectIdOrKey: 'devops' });
    assert.deepEqual(
      project.issueTypes?.map((one) => one.id),
      ['10001', '10003'],
    );
  });

  it('describes the mandatory field, in the field list and in both create forms', async () => {
    const fields = await jira.as('dana').issueFields.getFields();
    const call = { projectIdOrKey: 'DEVOPS', issueTypeId: '10001' };
    const meta = await jira.as('dana').issues.getCreateIssueMetaIssueTypeId(call);
    const old = await jira.call(
      'GET',
      '/issue/createmeta?projectKeys=DEVOPS&expand=projects.issuetypes.fields',
    );
    assert.equal(fields.find((field) => field.name === 'Agent-Version')?.id, 'customfield_10050');
    assert.equal(meta.fields?.find((field) => field.fieldId === 'customfield_10050')?.required, true);
    assert.match(JSON.stringify(old.body), /"customfield_10050":\{"required":true/);
  });

  it('tells which server it is', async () => {
    const info = await jira.as('dana').serverInfo.getServerInfo();
    assert.deepEqual([info.baseUrl, info.deploymentType], [jira.url, 'Cloud']);
  });

  it('forgets issues on reset, but gives no key twice', async () => {
    const { key } = await jira.as('sam').issues.createIssue({ fields: deployRequest() });
    await jira.control('reset');
    const next = await jira.as('sam').issues.createIssue({ fields: deployRequest() });
    assert.equal((await jira.call('GET', `/issue/${key}`)).status, 404);
    assert.notEqual(next.key, key);
  });
});
