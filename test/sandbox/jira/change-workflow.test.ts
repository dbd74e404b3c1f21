import assert from 'node:assert/strict';
import { changeRequest, startJira, type RunningJira } from './jira-site.ts';

// Issue 5, "The ticket": [id, name, to] by the status that it leads out of.
const listed: Record<string, [id: string, name: string, to: string][]> = {
  Draft: [['11', 'Ask for approval', 'Waiting for approval']],
  'Waiting for approval': [
    ['21', 'Approve', 'Approved'],
    ['31', 'Decline', 'Declined'],
    ['41', 'Cancel', 'Canceled'],
  ],
  Approved: [
    ['51', 'Require manual review', 'Manual review required'],
    ['81', 'Start deploy', 'Deploying'],
  ],
  'Manual review required': [
    ['61', 'Approve after review', 'Approved'],
    ['71', 'Decline after review', 'Declined'],
  ],
  Deploying: [
    ['91', 'Resolve', 'Resolved'],
    ['111', 'Deploy failed', 'Deploy failed'],
  ],
  'Deploy failed': [
    ['121', 'Ask again', 'Waiting for approval'],
    ['131', 'Give up', 'Canceled'],
  ],
  Resolved: [['101', 'Close', 'Closed']],
  Declined: [],
  Canceled: [],
  Closed: [],
};
const approvers = ['jira-bot', 'lee', 'ray', 'sid', 'sue'];

describe('jira sandbox: the workflow of change requests', () => {
  let jira: RunningJira;
  before(async () => {
    jira = await startJira();
  });
  after(() => jira.stop());

  async function inStatus(status: string): Promise<string> {
    const { body } = await jira.control('seed', { issues: [{ fields: changeRequest(), status }] });
    return (body as { issues: { key: string }[] }).issues[0]?.key ?? '';
  }
  const statusOf = async (key: string) =>
    (await jira.as('dana').issues.getIssue({ issueIdOrKey: key })).fields?.['status'].name as string;
  const perform = (name: string, key: string, id: string) =>
    jira.call('POST', `/issue/${key}/transitions`, { transition: { id } }, name);
  const namesFor = async (name: string, issueIdOrKey: string, more = {}) => {
    const { transitions = [] } = await jira.as(name).issues.getTransitions({ issueIdOrKey, ...more });
    return transitions.map((transition) => transition.name);
  };

  it('begins as a draft, whoever files it', async () => {
    const { key } = await jira.as('eve').issues.createIssue({ fields: changeRequest() });
    assert.match(key, /^PRODCM-\d+$/);
    assert.equal(await statusOf(key), 'Draft');
  });

  for (const [from, ways] of Object.entries(listed)) {
    it(`lists for an approver exactly ${ways.map(([, name]) => name).join(', ') || 'nothing'} out of ${from}`, async () => {
      const { transitions = [] } = await jira
        .as('sue')
        .issues.getTransitions({ issueIdOrKey: await inStatus(from) });
      const found = transitions.map(({ id, name, to }) => [id, name, to?.name]);
      assert.deepEqual(found, ways);
    });

    for (const [id, name, to] of ways)
      it(`${name} leads from ${from} to ${to}`, async () => {
        const key = await inStatus(from);
        assert.equal((await perform('sue', key, id)).status, 204);
        assert.equal(await statusOf(key), to);
      });

    it(`answers 400 to each of the other transitions out of ${from}, and changes nothing`, async () => {
      const key = await inStatus(from);
      const own = ways.map(([id]) => id);
      const others = Object.values(listed).flatMap((all) => all.map(([id]) => id));
      for (const id of others.filter((one) => !own.includes(one))) {
        const { status, body } = await perform('sue', key, id);
        assert.equal(status, 400, id);
        assert.match(JSON.stringify(body), /not valid for the current state/);
      }
      assert.equal(await statusOf(key), from);
      assert.equal((await jira.as('dana').issues.getChangeLogs({ issueIdOrKey: key })).total, 0);
    });
  }

  it('has the ten statuses of the issue and thirteen transitions', async () => {
    const types = await jira.as('dana').projects.getAllStatuses({ projectIdOrKey: 'PRODCM' });
    const statuses = types.find(({ name }) => name === 'Change Request')?.statuses ?? [];
    assert.deepEqual(statuses.map(({ name }) => name).toSorted(), Object.keys(listed).toSorted());
    assert.equal(Object.values(listed).flat().length, 13);
  });

  const intoApproved: [from: string, id: string, others: string[]][] = [
    ['Waiting for approval', '21', ['Decline', 'Cancel']],
    ['Manual review required', '61', ['Decline after review']],
  ];
  for (const [from, id, others] of intoApproved) {
    for (const name of ['eve', 'dana', 'ann'])
      it(`neither lists nor takes transition ${id} for ${name}, who is no approver`, async () => {
        const key = await inStatus(from);
        const issue = await jira.as(name).issues.getIssue({ issueIdOrKey: key, expand: 'transitions' });
        assert.deepEqual(await namesFor(name, key), others);
        assert.deepEqual(
          issue.transitions?.map((transition) => transition.name),
          others,
        );
        const { status, body } = await perform(name, key, id);
        assert.equal(status, 400);
        assert.match(JSON.stringify(body), /not valid for the current state of this issue/);
        assert.equal(await statusOf(key), from);
      });

    for (const name of approvers)
      it(`takes transition ${id} from ${name}, and the changelog says so`, async () => {
        const key = await inStatus(from);
        assert.equal((await perform(name, key, id)).status, 204);
        const { values } = await jira.as('dana').issues.getChangeLogs({ issueIdOrKey: key });
        assert.equal(values[0]?.author?.displayName, jira.person(name).displayName);
        assert.deepEqual(
          values[0]?.items?.map((item) => [item.field, item.fromString, item.toString]),
          [['status', from, 'Approved']],
        );
      });
  }

  it('shows what a condition keeps from a caller who asks for it, and says that it is not available', async () => {
    const call = {
      issueIdOrKey: await inStatus('Waiting for approval'),
      includeUnavailableTransitions: true,
    };
    const { transitions = [] } = await jira.as('eve').issues.getTransitions(call);
    assert.deepEqual(
      transitions.map(({ name, isAvailable, isConditional }) => [name, isAvailable, isConditional]),
      [
        ['Approve', false, true],
        ['Decline', true, false],
        ['Cancel', true, false],
      ],
    );
  });

  it('knows the approvers as a group', async () => {
    const { values } = await jira.as('jira-bot').groups.getUsersFromGroup({ groupname: 'change-approvers' });
    const names = values.map(({ displayName }) => displayName);
    assert.deepEqual(
      names,
      approvers.map((name) => jira.person(name).displayName),
    );
  });

  it('lets the administrator force Approved all the same: the condition is the workflow’s', async () => {
    const key = await inStatus('Draft');
    await jira.control('force', { as: 'ann', issue: key, status: 'Approved' });
    assert.equal(await statusOf(key), 'Approved');
  });

  it('has tasks beside them, for findings: every status from every status, for everybody', async () => {
    const fields = { project: { key: 'PRODCM' }, issuetype: { name: 'Task' }, summary: 'Finding' };
    const { key } = await jira.as('jira-bot').issues.createIssue({ fields });
    assert.deepEqual(await namesFor('eve', key), ['To Do', 'In Progress', 'Done']);
    for (const [id, status] of [
      ['31', 'Done'],
      ['11', 'To Do'],
      ['21', 'In Progress'],
    ] as const) {
      assert.equal((await perform('eve', key, id)).status, 204);
      assert.equal(await statusOf(key), status);
    }
  });
});
