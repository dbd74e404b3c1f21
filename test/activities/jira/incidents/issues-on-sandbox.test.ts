import assert from 'node:assert/strict';
import { assertFails } from '../../../support/failing-vendor.ts';
import { paragraph } from '../../../sandbox/jira/jira-site.ts';
import { label, mark, startIncidents, twice, type IncidentWorld } from './incident-site.ts';

describe('incident issues on the sandbox', () => {
  let world: IncidentWorld;
  before(async () => (world = await startIncidents()));
  after(() => world.stop());

  it('creates with everything in the one call, and reads it back', async () => {
    const { jira, tickets } = world;
    const assigneeAccountId = jira.person('sofia').jira.accountId;
    const issueId = await world.issue({
      ...{ priority: 'Highest', securityLevel: 'responders', components: ['aws'], assigneeAccountId },
      fields: {
        'Case ARN': 'arn:aws:security-ir:eu-central-1:1:case/1',
        'Impacted accounts': ['111122223333', '444455556666'],
        'Engagement type': 'Investigation',
        labels: ['cloud'],
      },
    });
    const names = ['summary', 'description', 'Case ARN', 'Impacted accounts', 'customfield_10092'];
    const issue = await tickets.readIssue(issueId, [
      ...names,
      'assignee',
      'Priority',
      'Components',
      'labels',
    ]);
    assert.deepEqual(issue.fields, {
      summary: 'Stolen key',
      description: 'Somebody uses it.',
      'Case ARN': 'arn:aws:security-ir:eu-central-1:1:case/1',
      'Impacted accounts': ['111122223333', '444455556666'],
      customfield_10092: 'Investigation',
      assignee: 'sofia@example.com',
      Priority: 'Highest',
      Components: ['aws'],
      labels: ['cloud'],
    });
    assert.deepEqual(issue.mark, mark);
    assert.deepEqual(
      [issue.project, issue.issueType, issue.status, issue.done, issue.resolution, issue.reporterIsBot],
      ['INC', 'Incident', 'To Do', false, null, true],
    );
    assert.deepEqual(issue.labels, [label, 'cloud']);
    const { security } = await world.shown(issueId);
    assert.equal((security as { name: string }).name, 'Responders');
    // to whom the level does not let it be seen, it is not there
    assert.equal((await jira.call('GET', `/issue/${issueId}`, undefined, 'dev')).status, 404);
  });

  it('refuses by name what the site does not have, and makes nothing', async () => {
    const before = await world.tickets.findMarked(label);
    const wrong = [
      [{ securityLevel: 'Nobody' }, /no security level "Nobody"/],
      [{ fields: { Severity: 'high' } }, /field Severity: no field has this name/],
      [{ fields: { 'Engagement type': 'War' } }, /Engagement type: "War" is none of Security Incident/],
      [{ components: ['space'] }, /Component name 'space' is not valid/],
      [{ fields: { status: 'Done' } }, /it is not set as a field/],
    ] as const;
    for (const [own, text] of wrong)
      assert.match((await assertFails(() => world.issue(own), 'InvalidInput')).message, text);
    assert.equal((await world.tickets.findMarked(label)).length, before.length);
  });

  it('finds by label what our account made, oldest first, and nothing that is planted', async () => {
    const own = `lk-incident-${'b'.repeat(16)}`;
    const first = await world.issue({ label: own });
    const second = await world.issue({ label: own });
    const incident = { connection: mark.connection, caseId: mark.caseId };
    const planted = { version: 1, workflowId: mark.workflowId, incident };
    const fields = { project: { key: 'INC' }, summary: 'x', labels: [own] };
    await world.jira.control('seed', {
      issues: [
        { fields, properties: [{ key: 'lockkeeper', value: planted }] },
        { as: 'jira-bot', fields },
      ],
    });
    const found = await world.tickets.findMarked(own);
    assert.deepEqual(
      found.map(({ issueId }) => issueId),
      [first, second],
    );
    assert.deepEqual(await world.ticketsWith({ connection: 'other' }).findMarked(own), []);
  });

  it('finds again what a create call made whose answer was lost', async () => {
    const own = `lk-incident-${'c'.repeat(16)}`;
    const fault = { match: { method: 'POST', path: '/issue$' }, mode: 'lost' };
    const set = await world.jira.control('faults', fault);
    assert.equal(set.status, 201, JSON.stringify(set.body));
    await assertFails(() => world.issue({ label: own }), 'Unavailable');
    assert.equal((await world.tickets.findMarked(own)).length, 1);
  });

  it('ties an issue of a person and unties it, twice each', async () => {
    const { jira, tickets } = world;
    const { body } = await jira.call('POST', '/issue', {
      fields: {
        project: { key: 'INC' },
        issuetype: { name: 'Incident' },
        summary: 'by Dana',
        labels: ['mine'],
      },
    });
    const { id } = body as { id: string };
    assert.equal(await tickets.readMark(id), null);
    await twice(() => tickets.setMark(id, mark, label));
    assert.deepEqual(await tickets.readMark(id), mark);
    assert.deepEqual((await world.shown(id))['labels'], ['mine', label]);
    assert.equal((await tickets.readIssue(id, [])).reporterIsBot, false);
    await twice(() => tickets.removeMark(id, label));
    assert.equal(await tickets.readMark(id), null);
    assert.deepEqual((await world.shown(id))['labels'], ['mine']);
  });

  it('tells a deleted issue from a lost right', async () => {
    const { jira, tickets } = world;
    const issueId = await world.issue();
    const lost = { as: 'jira-bot', project: 'INC' };
    await jira.control('browse', { ...lost, on: false });
    await assertFails(() => tickets.readIssue(issueId, []), 'NotFound');
    assert.deepEqual([await tickets.canBrowse('INC'), await tickets.canBrowse('NOPE')], [false, false]);
    await jira.control('browse', { ...lost, on: true });
    await jira.call('DELETE', `/issue/${issueId}`, undefined, 'ann');
    await assertFails(() => tickets.readIssue(issueId, []), 'NotFound');
    assert.equal(await tickets.canBrowse('INC'), true);
  });

  it('finds what changed lately, ours and others’', async () => {
    const [ours, { body }] = [
      await world.issue(),
      await world.jira.call('POST', '/issue', {
        fields: { project: { key: 'INC' }, issuetype: { name: 'Task' }, summary: 'theirs', labels: ['l'] },
      }),
    ];
    await world.jira.control('seed', {
      issues: [{ fields: { project: { key: 'INC' }, summary: 'old' }, created: '2026-01-01T00:00:00Z' }],
    });
    const changed = await world.tickets.findChanged(15);
    const byId = new Map(changed.map((one) => [one.issueId, one]));
    assert.deepEqual(byId.get(ours)?.mark, mark);
    const theirs = byId.get((body as { id: string }).id);
    assert.deepEqual([theirs?.mark, theirs?.issueType, theirs?.labels], [null, 'Task', ['l']]);
    assert.match(theirs?.updatedAt ?? '', /^[0-9T:.-]+Z$/);
    const quoted = world.ticketsWith({ project: 'EMPTY" OR key is not empty', forms: [] });
    assert.match((await assertFails(() => quoted.findChanged(0.2), 'InvalidInput')).message, /EMPTY/);
  });

  it('reads a thousand comments, whole and in order', async () => {
    const issueId = await world.issue();
    const seeded = await world.jira.as('sofia').issueComments.addComment({
      ...{ issueIdOrKey: issueId, body: paragraph('0') },
      visibility: { type: 'group', value: 'automation' },
    });
    assert.ok(seeded.id);
    const comment = Array.from({ length: 999 }, (_, n) => ({ add: { body: paragraph(String(n + 1)) } }));
    await world.jira.call('PUT', `/issue/${issueId}`, { update: { comment } }, 'sofia');
    const { comments } = await world.tickets.readIssue(issueId, []);
    assert.deepEqual(
      comments.map(({ body }) => body),
      Array.from({ length: 1000 }, (_, n) => String(n)),
    );
    assert.deepEqual(
      comments.slice(0, 2).map(({ restricted, byBot, authorName }) => [restricted, byBot, authorName]),
      [
        [true, false, 'Sofia Lind'],
        [false, false, 'Sofia Lind'],
      ],
    );
  });

  it('knows what the site contradicts of the configuration', async () => {
    assert.deepEqual(await world.tickets.findFormFaults(), []);
    const wrong = world.ticketsWith({
      forms: [
        { project: 'INC', issueType: 'Incident', priority: 'Blocker', securityLevel: 'X', components: ['y'] },
        { project: 'INC', issueType: 'Bug' },
        { project: 'NOPE', issueType: 'Bug' },
      ],
      fields: ['Severity', 'Halo Issue ID'],
      statuses: ['done', 'Resolved'],
    });
    assert.deepEqual(await wrong.findFormFaults(), [
      'there is no field "Severity"',
      'the field "Halo Issue ID" is not on the create form of Incident in INC',
      'Incident in INC has no priority "Blocker"',
      'Incident in INC has no security level "X"',
      'Incident in INC has no component "y"',
      'Incident in INC has no status "Resolved", but To Do, In Progress, In Review, Done',
      'INC has no issue type "Bug" that this account may create, but Task, Incident',
      'there is no project NOPE that the account may see',
    ]);
  });
});
