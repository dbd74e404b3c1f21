import assert from 'node:assert/strict';
import { deployRequest, moveTo, startJira, type RunningJira } from './jira-site.ts';

const listed: Record<string, string[]> = {
  ToDo: ['Info Needed', 'In Progress'],
  'In Progress': ['Done', 'Failed'],
  'Info Needed': ['ToDo', 'Canceled'],
  Failed: ['ToDo', 'Canceled'],
  Done: [],
  Canceled: [],
};

describe('jira sandbox: the workflow of P-11 to P-18', () => {
  let jira: RunningJira;
  before(async () => {
    jira = await startJira();
  });
  after(() => jira.stop());

  async function inStatus(status: string): Promise<string> {
    const { body } = await jira.control('seed', { issues: [{ fields: deployRequest(), status }] });
    return (body as { issues: { key: string }[] }).issues[0]?.key ?? '';
  }
  const statusOf = async (key: string) =>
    (await jira.as('dana').issues.getIssue({ issueIdOrKey: key })).fields?.['status'].name as string;

  for (const [from, targets] of Object.entries(listed)) {
    it(`lists exactly ${targets.join(' and ') || 'nothing'} out of ${from}`, async () => {
      const { transitions } = await jira
        .as('dana')
        .issues.getTransitions({ issueIdOrKey: await inStatus(from) });
      assert.deepEqual(
        transitions?.map((transition) => transition.to?.name),
        targets,
      );
    });

    for (const to of targets)
      it(`moves from ${from} to ${to}`, async () => {
        const key = await inStatus(from);
        await moveTo(jira, key, to);
        assert.equal(await statusOf(key), to);
      });
  }

  it('has eight transitions besides creation', () => {
    assert.equal(Object.values(listed).flat().length, 8);
  });

  it('answers 400 to a transition of another status, and changes nothing', async () => {
    const key = await inStatus('ToDo');
    const { status, body } = await jira.call('POST', `/issue/${key}/transitions`, {
      transition: { id: '31' },
    });
    assert.equal(status, 400);
    assert.match(
      (body as { errorMessages: string[] }).errorMessages[0] ?? '',
      /not valid for the current state/,
    );
    assert.equal(await statusOf(key), 'ToDo');
  });

  const refusals: [string, object, RegExp][] = [
    ['an id nobody has', { transition: { id: '999' } }, /Transition id '999' is not valid/],
    ['a missing id', {}, /Missing 'transition' identifier/],
    ['a number as id', { transition: { id: 21 } }, /Missing 'transition' identifier/],
    ['fields without a screen', { transition: { id: '21' }, fields: { summary: 'x' } }, /cannot be set/],
  ];
  for (const [name, request, message] of refusals)
    it(`answers 400 to ${name}`, async () => {
      const { status, body } = await jira.call(
        'POST',
        `/issue/${await inStatus('ToDo')}/transitions`,
        request,
      );
      assert.equal(status, 400);
      assert.match(JSON.stringify(body), message);
    });

  it('lets the administrator force an unlisted status, with a changelog entry by that person', async () => {
    const key = await inStatus('In Progress');
    const { status } = await jira.control('force', { as: 'ann', issue: key, status: 'Canceled' });
    const { values } = await jira.as('dana').issues.getChangeLogs({ issueIdOrKey: key });
    assert.equal(status, 200);
    assert.equal(await statusOf(key), 'Canceled');
    assert.equal(values.at(-1)?.author?.displayName, 'Ann Keller');
    assert.deepEqual(
      values.at(-1)?.items?.map((item) => item.toString),
      ['Canceled'],
    );
  });

  it('lets nobody else force a status, and forces no status that the workflow lacks', async () => {
    const issue = await inStatus('In Progress');
    const byDana = await jira.control('force', { as: 'dana', issue, status: 'Canceled' });
    const unknown = await jira.control('force', { as: 'ann', issue, status: 'Cancelled' });
    assert.match(JSON.stringify(byDana.body), /dana is no Jira administrator/);
    assert.match(JSON.stringify(unknown.body), /status: one of ToDo/);
    assert.equal(await statusOf(issue), 'In Progress');
  });

  it('moves an issue to another project: new key, same id, the old key still leads there', async () => {
    const issue = await inStatus('In Progress');
    const before = await jira.as('dana').issues.getIssue({ issueIdOrKey: issue });
    await jira.control('move', { as: 'dana', issue, project: 'OPS' });
    const after = await jira.as('dana').issues.getIssue({ issueIdOrKey: issue, expand: 'changelog' });
    assert.equal(after.id, before.id);
    assert.match(after.key ?? '', /^OPS-\d+$/);
    assert.deepEqual(
      [after.fields?.['issuetype'].name, after.fields?.['status'].name],
      ['Task', 'In Progress'],
    );
    const items = after.changelog?.histories?.[0]?.items?.map((item) => item.field);
    assert.deepEqual(items, ['project', 'Key', 'issuetype']);
  });

  it('keeps OPS apart: its own statuses, and every one reachable from every other', async () => {
    const fields = { project: { key: 'OPS' }, issuetype: { name: 'Task' }, summary: 'Sweep' };
    const { key } = await jira.as('sam').issues.createIssue({ fields });
    assert.equal(await statusOf(key), 'To Do');
    await moveTo(jira, key, 'Done');
    await moveTo(jira, key, 'To Do');
    assert.equal(await statusOf(key), 'To Do');
  });
});
