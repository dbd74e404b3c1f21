import assert from 'node:assert/strict';
import { moveTo, paragraph, startJira, type RunningJira } from './jira-site.ts';

/** The fields of an incident; `more` replaces or adds. */
const incident = (more: Record<string, unknown> = {}) => ({
  project: { key: 'INC' },
  issuetype: { name: 'Incident' },
  summary: 'Stolen key',
  ...more,
});

describe('jira sandbox: incidents', () => {
  let jira: RunningJira;
  before(async () => (jira = await startJira()));
  after(() => jira.stop());
  const create = async (more: Record<string, unknown> = {}, name = 'dana') =>
    (await jira.as(name).issues.createIssue({ fields: incident(more) })).key;
  const shown = async (key: string) =>
    (await jira.as('jira-bot').issues.getIssue({ issueIdOrKey: key })).fields as Record<string, unknown>;

  it('has the types, components and fields of the process', async () => {
    const project = await jira.as('dana').projects.getProject({ projectIdOrKey: 'INC' });
    assert.deepEqual(
      project.issueTypes?.map(({ name }) => name),
      ['Task', 'Incident'],
    );
    const key = await create({
      customfield_10090: 'arn:1',
      customfield_10091: ['111122223333'],
      customfield_10092: { value: 'Investigation' },
      customfield_10093: 'Customer',
      components: [{ name: 'aws' }],
    });
    await jira.call('PUT', `/issue/${key}`, { update: { customfield_10091: [{ add: '4' }] } });
    const fields = await shown(key);
    assert.deepEqual(fields['customfield_10091'], ['111122223333', '4']);
    assert.equal((fields['customfield_10092'] as { id: string }).id, '10211');
    const wrong = await jira.call('PUT', `/issue/${key}`, {
      fields: { customfield_10092: { value: 'War' } },
    });
    assert.equal(wrong.status, 400);
  });

  for (const [jql, count] of [
    ['"Engagement type" = Investigation', 1],
    ['cf[10092] = "Security Incident"', 0],
    ['cf[10091] = 111122223333', 1],
    ['"Case ARN" ~ "arn:1"', 1],
  ] as const)
    it(`finds by ${jql}: ${count}`, async () => {
      const { body } = await jira.call('POST', '/search/jql', { jql: `project = INC AND ${jql}` });
      assert.equal((body as { issues: unknown[] }).issues.length, count);
    });

  it('takes three hops to the end, and a resolution on the last one', async () => {
    const key = await create();
    await assert.rejects(moveTo(jira, key, 'Done'), /no transition to Done/);
    for (const status of ['In Progress', 'In Review']) await moveTo(jira, key, status);
    const path = `/issue/${key}/transitions`;
    const { body } = await jira.call('GET', `${path}?expand=transitions.fields`);
    const [close] = (body as { transitions: { id: string; fields: { resolution: { required: boolean } } }[] })
      .transitions;
    assert.equal(close?.fields.resolution.required, true);
    const bare = await jira.call('POST', path, { transition: { id: '31' } });
    assert.deepEqual(
      [bare.status, bare.body],
      [400, { errorMessages: [], errors: { resolution: 'Resolution is required.' } }],
    );
    const fields = { resolution: { name: "Won't Do" } };
    const update = { comment: [{ add: { body: paragraph('done') } }] };
    assert.equal((await jira.call('POST', path, { transition: { id: '31' }, fields, update })).status, 204);
    assert.equal(((await shown(key))['resolution'] as { name: string }).name, "Won't Do");
    await moveTo(jira, key, 'To Do');
    assert.equal((await shown(key))['resolution'], null);
  });

  it('hides an issue from those whom its security level leaves out, whatever they want of it', async () => {
    const key = await create({ security: { name: 'Responders' } }, 'sofia');
    const tries: [method: string, path: string, body?: unknown][] = [
      ['GET', `/issue/${key}`],
      ['PUT', `/issue/${key}`, { fields: { summary: 'x' } }],
      ['GET', `/issue/${key}/comment`],
      ['POST', `/issue/${key}/transitions`, { transition: { id: '11' } }],
      ['GET', `/issue/${key}/watchers`],
      ['GET', `/issue/${key}/properties/lockkeeper`],
    ];
    for (const [method, path, body] of tries) {
      assert.equal((await jira.call(method, path, body, 'dev')).status, 404, `${method} ${path}`);
    }
    const find = async (name: string) => {
      const { body } = await jira.call('POST', '/search/jql', { jql: `key = ${key}` }, name);
      return (body as { issues: unknown[] }).issues.length;
    };
    assert.deepEqual([await find('dev'), await find('sam')], [0, 1]);
    const wrong = await jira.call('POST', '/issue', { fields: incident({ security: { name: 'Nobody' } }) });
    assert.equal(wrong.status, 400);
  });

  it('takes the right to browse a project away, and gives it back', async () => {
    const key = await create();
    const rights = () => jira.call('GET', '/mypermissions?permissions=BROWSE_PROJECTS&projectKey=INC');
    const may = async () =>
      ((await rights()).body as { permissions: Record<string, { havePermission: boolean }> }).permissions[
        'BROWSE_PROJECTS'
      ]?.havePermission;
    const statuses = async () => [
      (await jira.call('GET', `/issue/${key}`)).status,
      (await jira.call('GET', '/project/INC')).status,
      await may(),
    ];
    assert.deepEqual(await statuses(), [200, 200, true]);
    await jira.control('browse', { as: 'dana', project: 'INC', on: false });
    assert.deepEqual(await statuses(), [404, 404, false]);
    await jira.control('browse', { as: 'dana', project: 'INC', on: true });
    assert.deepEqual(await statuses(), [200, 200, true]);
    const none = await jira.call('GET', '/mypermissions?permissions=BROWSE_PROJECTS&projectKey=NOPE');
    assert.equal(none.status, 404);
  });

  it('keeps watchers, by account id alone', async () => {
    const key = await create();
    const { accountId } = jira.person('sam').jira;
    const path = `/issue/${key}/watchers`;
    assert.equal((await jira.call('POST', path, accountId)).status, 204);
    assert.equal((await jira.call('POST', path)).status, 204);
    const { watchCount, isWatching, watchers } = await jira
      .as('dana')
      .issueWatchers.getIssueWatchers({ issueIdOrKey: key });
    assert.deepEqual(
      [watchCount, isWatching, watchers?.map(({ displayName }) => displayName)],
      [2, true, ['Sam Okafor', 'Dana Petrov']],
    );
    assert.equal((await jira.call('POST', path, { accountId })).status, 400);
    assert.equal((await jira.call('POST', path, 'nobody')).status, 404);
    await jira.as('dana').issueWatchers.removeWatcher({ issueIdOrKey: key, accountId });
    const left = await jira.as('dana').issueWatchers.getIssueWatchers({ issueIdOrKey: key });
    assert.equal(left.watchCount, 1);
  });

  it('shows nobody an e-mail that is hidden, and finds by the whole of it all the same', async () => {
    const find = async (query: string) =>
      (await jira.as('dana').userSearch.findUsers({ query })).map(({ emailAddress }) => emailAddress);
    assert.deepEqual(await find('eve@'), ['eve@example.com']);
    await jira.control('privacy', { as: 'eve', email: false });
    assert.deepEqual([await find('eve@'), await find('Eve@example.com')], [[], [undefined]]);
    await jira.control('privacy', { as: 'eve', email: true });
    assert.deepEqual(await find('eve@'), ['eve@example.com']);
  });

  it('keeps comments from those who are in neither group nor role', async () => {
    const key = await create();
    const add = (visibility: object) =>
      jira.call('POST', `/issue/${key}/comment`, { body: paragraph('x'), visibility }, 'sofia');
    const { body } = await add({ type: 'group', value: 'soc' });
    assert.deepEqual((body as { visibility: object }).visibility, {
      ...{ type: 'group', value: 'soc', identifier: 'soc' },
    });
    await add({ type: 'role', value: 'Administrators' });
    assert.equal((await add({ type: 'role', value: 'Nobody' })).status, 400);
    const seen = async (name: string) =>
      ((await jira.call('GET', `/issue/${key}/comment`, undefined, name)).body as { total: number }).total;
    assert.deepEqual([await seen('sam'), await seen('ann'), await seen('dana')], [1, 1, 0]);
    const { id } = body as { id: string };
    assert.equal((await jira.call('GET', `/issue/${key}/comment/${id}`)).status, 404);
  });
});
