import assert from 'node:assert/strict';
import { findingIssue } from './finding-issue.ts';
import { paragraph, startJira, type RunningJira } from './jira-site.ts';

const ways: Record<string, string[]> = {
  'To Do': ['Start', 'Close', "Won't fix"],
  'In Progress': ['Close', "Won't fix"],
  Done: ["Won't fix", 'Reopen'],
  "Won't Fix": [],
};
const ids: Record<string, string> = { Start: '11', Close: '21', "Won't fix": '31', Reopen: '41' };

describe('jira sandbox: the workflow of findings', () => {
  let jira: RunningJira;
  let now = Date.UTC(2026, 10, 4, 9, 36);
  before(async () => {
    jira = await startJira({ now: () => new Date(now) });
  });
  after(() => jira.stop());

  async function inStatus(status: string, more = {}): Promise<string> {
    const { body } = await jira.control('seed', { issues: [{ fields: findingIssue(more), status }] });
    return (body as { issues: { key: string }[] }).issues[0]?.key ?? '';
  }
  const vuln = { project: { key: 'VULN' } };
  const perform = (key: string, name: string, more = {}) =>
    jira.call('POST', `/issue/${key}/transitions`, { transition: { id: ids[name] }, ...more });
  const read = async (issueIdOrKey: string) =>
    await jira.as('dana').issues.getIssue({ issueIdOrKey, expand: 'changelog', properties: ['*all'] });

  for (const [type, key] of [
    ['Security Finding', 'SEC'],
    ['Audited Finding', 'SEC'],
    ['Security Finding', 'VULN'],
  ])
    for (const [from, names] of Object.entries(ways))
      it(`lists for ${type} in ${key}, out of ${from}: ${names.join(', ') || 'nothing'}`, async () => {
        const more = { project: { key }, issuetype: { name: type } };
        const owner = type === 'Audited Finding' ? { customfield_10085: { value: 'data' } } : {};
        const components: object[] = [];
        const issueIdOrKey = await inStatus(from, { ...more, ...owner, components });
        const { transitions = [] } = await jira.as('dana').issues.getTransitions({ issueIdOrKey });
        assert.deepEqual(
          transitions.map(({ name }) => name),
          names,
        );
        const screens = transitions.filter(({ hasScreen }) => hasScreen).map(({ name }) => name);
        assert.deepEqual(screens, key === 'SEC' ? names.filter((name) => name !== 'Start') : []);
      });

  it('says what a screen takes, where it is asked', async () => {
    const issueIdOrKey = await inStatus('To Do');
    const call = { issueIdOrKey, expand: 'transitions.fields' };
    const { transitions = [] } = await jira.as('dana').issues.getTransitions(call);
    assert.deepEqual(
      transitions.map(({ name, fields }) => [name, Object.keys(fields ?? {})]),
      [
        ['Start', []],
        ['Close', ['resolution']],
        ["Won't fix", ['resolution']],
      ],
    );
    const plain = await jira.as('dana').issues.getTransitions({ issueIdOrKey });
    assert.equal(
      plain.transitions?.some((one) => one.fields !== undefined),
      false,
    );
  });

  const said = {
    update: { comment: [{ add: { body: paragraph('why'), properties: [{ key: 'k', value: 1 }] } }] },
  };
  const comments: [project: string, from: string, name: string, taken: number][] = [
    ['SEC', 'To Do', 'Start', 0],
    ['SEC', 'In Progress', 'Close', 1],
    ['SEC', 'Done', 'Reopen', 1],
    ['SEC', 'Done', "Won't fix", 1],
    ['VULN', 'In Progress', 'Close', 0],
    ['VULN', 'Done', 'Reopen', 0],
  ];
  for (const [key, from, name, taken] of comments)
    it(`${taken ? 'takes' : 'drops, and says nothing of,'} a comment with ${name} in ${key}`, async () => {
      const issue = await inStatus(from, { project: { key }, components: [] });
      assert.equal((await perform(issue, name, said)).status, 204);
      const list = await jira
        .as('dana')
        .issueComments.getComments({ issueIdOrKey: issue, expand: 'properties' });
      assert.equal(list.total, taken);
      if (taken) assert.deepEqual(list.comments?.[0]?.properties, [{ key: 'k', value: 1 }]);
      assert.notEqual((await read(issue)).fields?.['status'].name, from);
    });

  it('sets properties along with a transition', async () => {
    const key = await inStatus('To Do', { ...vuln, components: [] });
    await perform(key, 'Close', { properties: [{ key: 'lockkeeper', value: { left: 'closed' } }] });
    assert.deepEqual((await read(key)).properties, { lockkeeper: { left: 'closed' } });
  });

  it('sets the resolution when done and clears it on reopening, with its moments', async () => {
    const key = await inStatus('To Do');
    const began = now;
    now += 60_000;
    await perform(key, 'Start');
    now += 60_000;
    await perform(key, 'Close');
    const closed = (await read(key)).fields;
    assert.equal(closed?.['resolution'].name, 'Done');
    assert.equal(Date.parse(closed?.['resolutiondate'] as string), now);
    assert.equal(Date.parse(closed?.['statuscategorychangedate'] as string), now);
    now += 60_000;
    await perform(key, 'Reopen', { fields: { assignee: { accountId: jira.person('dev').jira.accountId } } });
    const { fields: open, changelog } = await read(key);
    assert.deepEqual([open?.['resolution'], open?.['resolutiondate']], [null, null]);
    assert.equal(open?.['assignee'].displayName, 'Devi Rao');
    assert.ok(Date.parse(open?.['statuscategorychangedate'] as string) > began);
    const items = changelog?.histories?.[0]?.items?.map(({ field, fromString, toString }) => [
      field,
      fromString,
      toString,
    ]);
    assert.deepEqual(items, [
      ['assignee', null, 'Devi Rao'],
      ['resolution', 'Done', null],
      ['status', 'Done', 'To Do'],
    ]);
  });

  it('takes another resolution from the screen', async () => {
    const key = await inStatus('To Do');
    assert.equal(
      (await perform(key, 'Close', { fields: { resolution: { name: 'Duplicate' } } })).status,
      204,
    );
    assert.equal((await read(key)).fields?.['resolution'].name, 'Duplicate');
  });

  const refusals: [name: string, from: string, transition: string, more: object, message: RegExp][] = [
    ['closing what is hard-closed', "Won't Fix", 'Close', {}, /not valid for the current state/],
    ['reopening what is hard-closed', "Won't Fix", 'Reopen', {}, /not valid for the current state/],
    ['closing twice', 'Done', 'Close', {}, /not valid for the current state/],
    [
      'a field that the screen lacks',
      'To Do',
      'Close',
      { fields: { summary: 'x' } },
      /summary.*cannot be set/,
    ],
    [
      'a resolution without a screen',
      'To Do',
      'Start',
      { fields: { resolution: { name: 'Done' } } },
      /cannot be set/,
    ],
    [
      'an unknown resolution',
      'To Do',
      'Close',
      { fields: { resolution: { name: 'x' } } },
      /resolution selected/,
    ],
    [
      'wiki text on a screen',
      'To Do',
      'Close',
      { update: { comment: [{ add: { body: 'x' } }] } },
      /Document/,
    ],
    ['a comment as a field', 'To Do', 'Close', { fields: { comment: 'x' } }, /cannot be set/],
  ];
  for (const [name, from, transition, more, message] of refusals)
    it(`refuses ${name}, and moves nothing`, async () => {
      const key = await inStatus(from);
      const { status, body } = await perform(key, transition, more);
      assert.equal(status, 400);
      assert.match(JSON.stringify(body), message);
      assert.equal((await read(key)).fields?.['status'].name, from);
    });

  it('keeps status and type through a move to the other project, and back into a task', async () => {
    const key = await inStatus('Done');
    const { body } = await jira.control('move', { as: 'dana', issue: key, project: 'VULN' });
    const moved = await read(key);
    assert.deepEqual(
      [moved.key, moved.fields?.['issuetype'].id, moved.fields?.['status'].name],
      [(body as { key: string }).key, '10009', 'Done'],
    );
    const same = await jira.control('move', { as: 'dana', issue: key, type: 'Task' });
    const converted = await read(key);
    assert.deepEqual(
      [same.status, converted.key, converted.fields?.['issuetype'].id],
      [200, moved.key, '10010'],
    );
    assert.deepEqual(
      converted.changelog?.histories?.[0]?.items?.map(({ field }) => field),
      ['issuetype'],
    );
  });

  it('lets the administrator force it as a person would close it: with its resolution', async () => {
    const key = await inStatus('To Do');
    await jira.control('force', { as: 'ann', issue: key, status: "Won't Fix" });
    assert.equal((await read(key)).fields?.['resolution'].name, "Won't Do");
  });
});
