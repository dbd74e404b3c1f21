import assert from 'node:assert/strict';
import { assertFails } from '../../../support/failing-vendor.ts';
import { asActivityOf } from '../../../support/jira-site.ts';
import { paragraph } from '../../../sandbox/jira/jira-site.ts';
import { label, startIncidents, twice, type IncidentWorld } from './incident-site.ts';

/** Calls of one kind that the sandbox has had. */
async function callsOf({ jira }: IncidentWorld, method: string, path: RegExp): Promise<number> {
  const answer = await fetch(`${jira.url}/_sandbox/requests`, { headers: { 'x-sandbox-token': 'control' } });
  const requests = (await answer.json()) as { method: string; path: string }[];
  return requests.filter((one) => one.method === method && path.test(one.path)).length;
}

describe('fields of incident issues on the sandbox', () => {
  let world: IncidentWorld;
  before(async () => (world = await startIncidents()));
  after(() => world.stop());
  const edit = (issueId: string, fields: object, name = 'dana') =>
    world.jira.call('PUT', `/issue/${issueId}`, { fields }, name);
  const read = async (issueId: string, ...names: string[]) =>
    (await world.tickets.readIssue(issueId, names)).fields;

  it('writes what differs in one call, and says what stood there', async () => {
    const issueId = await world.issue({ fields: { 'Impacted accounts': ['1'] } });
    const fields = {
      summary: 'New title',
      description: 'Line 1\nline 2\n\nparagraph',
      'Impacted accounts': ['2', '3'],
      'Engagement type': 'security incident',
      assignee: 'sofia@example.com',
      duedate: '2026-12-01',
      Components: ['aws', 'offices'],
      priority: 'High',
      'Pending action': '',
    };
    assert.deepEqual(await world.tickets.writeFields(issueId, fields), {
      ...{ summary: 'Stolen key', description: 'Somebody uses it.', 'Impacted accounts': '1' },
      ...{ 'Engagement type': '', assignee: '', duedate: '', Components: '', priority: 'Medium' },
    });
    assert.deepEqual(await read(issueId, ...Object.keys(fields)), {
      ...fields,
      ...{ 'Engagement type': 'Security Incident', 'Pending action': null },
    });
    const edits = await callsOf(world, 'PUT', /\/issue\/\d+$/);
    assert.deepEqual(await world.tickets.writeFields(issueId, fields), {});
    assert.equal(await callsOf(world, 'PUT', /\/issue\/\d+$/), edits);
  });

  it('keeps what somebody wrote between our own look and the one call that writes', async () => {
    const issueId = await world.issue();
    const before = await world.during(
      { method: 'PUT', path: `/issue/${issueId}$`, actor: 'jira-bot' },
      () => world.tickets.writeFields(issueId, { summary: 'by the case' }),
      () => edit(issueId, { summary: 'by Dana, in between', description: null }),
    );
    assert.deepEqual(before, { summary: 'by Dana, in between' });
  });

  it('keeps what somebody wrote between the look and the write', async () => {
    const issueId = await world.issue();
    await edit(issueId, { summary: 'by Dana, a moment ago' });
    const before = await world.tickets.writeFields(issueId, { summary: 'by the case' });
    assert.deepEqual(before, { summary: 'by Dana, a moment ago' });
    // what she writes afterwards is none of ours
    await edit(issueId, { summary: 'by Dana, later' });
    assert.deepEqual(await world.tickets.writeFields(issueId, { 'Case ARN': 'arn:1' }), { 'Case ARN': '' });
  });

  it('says it in the attempt after a lost answer as well, and what came in between', async () => {
    const issueId = await world.issue();
    await edit(issueId, { summary: 'by Dana' });
    await world.jira.control('faults', {
      match: { method: 'PUT', path: `/issue/${issueId}$` },
      mode: 'lost',
    });
    const write = () => world.tickets.writeFields(issueId, { summary: 'by the case' });
    const attempt = (number: number) => asActivityOf('incident:aws-main:1', write, number);
    await assertFails(() => attempt(1), 'Unavailable');
    assert.deepEqual(await attempt(2), { summary: 'by Dana' });
    await edit(issueId, { summary: 'by Dana again' });
    assert.deepEqual(await attempt(2), { summary: 'by Dana\n\nby Dana again' });
  });

  it('keeps the looks of a text whose words are the same', async () => {
    const issueId = await world.issue();
    const strong = { type: 'text', text: 'same', marks: [{ type: 'strong' }] };
    const description = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [strong] }] };
    await edit(issueId, { description });
    assert.deepEqual(await world.tickets.writeFields(issueId, { description: 'same' }), {});
    assert.deepEqual((await world.shown(issueId))['description'], description);
  });

  it('keeps the label by which the issue is found', async () => {
    const issueId = await world.issue({ fields: { labels: ['old'] } });
    assert.deepEqual(await read(issueId, 'labels'), { labels: ['old'] });
    await world.tickets.writeFields(issueId, { labels: ['new one'] });
    assert.deepEqual((await world.shown(issueId))['labels'], [label, 'new_one']);
  });

  it('cuts what is too long, and says so', async () => {
    const issueId = await world.issue({ summary: 's'.repeat(300), description: 'd'.repeat(40_000) });
    const first = await read(issueId, 'summary', 'description');
    assert.equal(first['summary'], `${'s'.repeat(254)}…`);
    assert.match(String(first['description']), /d…\n\nThe rest was cut/);
    await world.tickets.writeFields(issueId, { summary: `two\nlines ${'🔥'.repeat(200)}` });
    const summary = String((await read(issueId, 'summary'))['summary']);
    assert.ok(summary.startsWith('two lines 🔥') && summary.length <= 255 && summary.isWellFormed());
  });

  it('writes the others of a field that no screen has, then refuses it by name', async () => {
    const { body } = await world.jira.call('POST', '/issue', {
      fields: { project: { key: 'OPS' }, issuetype: { name: 'Task' }, summary: 'moved away' },
    });
    const { id } = body as { id: string };
    const write = () => world.tickets.writeFields(id, { summary: 'written', 'Case ARN': 'arn:1' });
    assert.match((await assertFails(write, 'InvalidInput')).message, /not on its edit screen: Case ARN$/);
    assert.deepEqual(await read(id, 'summary'), { summary: 'written' });
  });

  const wrong = [
    ['assignee', 'nobody@example.com', /not exactly one person has this e-mail/],
    ['duedate', 'soon', /is not a date/],
    ['Engagement type', 'War', /is none of Security Incident, Investigation/],
    ['Severity', 'x', /no field has this name/],
    ['status', 'Done', /it is not set as a field/],
  ] as const;
  for (const [name, value, text] of wrong)
    it(`refuses ${name} = ${value} before it writes anything`, async () => {
      const issueId = await world.issue();
      const write = () => world.tickets.writeFields(issueId, { summary: 'x', [name]: value });
      assert.match((await assertFails(write, 'InvalidInput')).message, text);
      assert.deepEqual(await read(issueId, 'summary'), { summary: 'Stolen key' });
    });
});

describe('comments of incident issues on the sandbox', () => {
  let world: IncidentWorld;
  before(async () => (world = await startIncidents()));
  after(() => world.stop());
  const property = { key: 'k1', copyOf: '77#1' };

  it('makes one for a key, and finds it again after a lost answer', async () => {
    const issueId = await world.issue();
    const ensure = () => world.tickets.ensureComment(issueId, 'a\n\n- b', property);
    await world.jira.control('faults', { match: { method: 'POST', path: '/comment$' }, mode: 'lost' });
    await assertFails(ensure, 'Unavailable');
    const { commentId } = await ensure();
    assert.deepEqual(await ensure(), { commentId });
    const { comments } = await world.tickets.readIssue(issueId, []);
    assert.deepEqual(
      comments.map(({ id, body, byBot, property: own }) => ({ id, body, byBot, property: own })),
      [{ id: commentId, body: 'a\n\n- b', byBot: true, property }],
    );
  });

  it('edits its own, keeps its property, and writes nothing twice', async () => {
    const issueId = await world.issue();
    const { commentId } = await world.tickets.ensureComment(issueId, 'one', property);
    await twice(() => world.tickets.updateComment(issueId, commentId, 'two'));
    const [comment] = (await world.tickets.readIssue(issueId, [])).comments;
    assert.deepEqual([comment?.body, comment?.property], ['two', property]);
    assert.equal(await callsOf(world, 'PUT', new RegExp(`/comment/${commentId}$`)), 1);
  });

  it('leaves people’s words alone, and believes no property of theirs', async () => {
    const issueId = await world.issue();
    const { body } = await world.jira.call('POST', `/issue/${issueId}/comment`, {
      ...{ body: paragraph('mine'), properties: [{ key: 'lockkeeper', value: property }] },
    });
    const { id } = body as { id: string };
    await assertFails(() => world.tickets.updateComment(issueId, id, 'ours'), 'Conflict');
    const { comments } = await world.tickets.readIssue(issueId, []);
    assert.deepEqual([comments[0]?.body, comments[0]?.property], ['mine', null]);
    const { commentId } = await world.tickets.ensureComment(issueId, 'ours', property);
    assert.notEqual(commentId, id);
    await world.jira.call('DELETE', `/issue/${issueId}/comment/${commentId}`, undefined, 'ann');
    await assertFails(() => world.tickets.updateComment(issueId, commentId, 'x'), 'NotFound');
  });

  it('knows which are for some eyes only', async () => {
    const issueId = await world.issue();
    const add = (more: object) =>
      world.jira.call('POST', `/issue/${issueId}/comment`, { body: paragraph('x'), ...more }, 'sofia');
    await add({ visibility: { type: 'group', value: 'soc' } });
    await add({ visibility: { type: 'role', value: 'Users' } });
    await add({ properties: [{ key: 'sd.public.comment', value: { internal: true } }] });
    await add({});
    const { comments } = await world.tickets.readIssue(issueId, []);
    // the first one is not even shown to the bot
    assert.deepEqual(
      comments.map(({ restricted }) => restricted),
      [true, true, false],
    );
  });
});

describe('watchers of incident issues on the sandbox', () => {
  let world: IncidentWorld;
  before(async () => (world = await startIncidents()));
  after(() => world.stop());
  const watchers = async (issueId: string) =>
    (await world.tickets.readIssue(issueId, [])).watchers.map(({ email }) => email);

  it('adds by exact e-mail, once, and counts whom it cannot tell', async () => {
    const issueId = await world.issue();
    const emails = ['Sam@Example.com', 'sam@example.com', 'so', 'nobody@example.com', 'jira-bot@example.com'];
    assert.deepEqual(await world.tickets.addWatchers(issueId, emails), { added: 1, unknown: 2 });
    assert.deepEqual(await world.tickets.addWatchers(issueId, ['sam@example.com']), { added: 0, unknown: 0 });
    assert.deepEqual(await watchers(issueId), ['sam@example.com']);
  });

  it('takes nobody whose e-mail is not shown, and nobody who may not see the issue', async () => {
    await world.jira.control('privacy', { as: 'lee', email: false });
    const hidden = await world.issue({ securityLevel: 'Responders' });
    const answer = await world.tickets.addWatchers(hidden, ['lee@example.com', 'dev@example.com']);
    assert.deepEqual(answer, { added: 0, unknown: 2 });
    const lee = world.jira.person('lee').jira.accountId;
    const issueId = await world.issue();
    await world.jira.call('POST', `/issue/${issueId}/watchers`, lee, 'lee');
    await world.jira.call('POST', `/issue/${issueId}/watchers`, undefined, 'jira-bot');
    assert.deepEqual(await watchers(issueId), [null]);
  });
});
