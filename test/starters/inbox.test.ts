import assert from 'node:assert/strict';
import { createMembership } from '../../activities/decisions/membership.ts';
import { CliError } from '../../starters/cli/cli-error.ts';
import { showInbox } from '../../starters/cli/inbox.ts';
import { findInbox, groupsOfPerson, inboxQuery } from '../../starters/decisions/inbox.ts';
import { withLoopback } from '../support/loopback.ts';
import { nowMs } from './decision-world.ts';
import { createSessionDouble, type ListedRun } from './session-double.ts';

const run = (workflowId: string, waitingOn: string, dueBy?: string): ListedRun => ({
  workflowId,
  attributes: {
    ...{ waitingOn, process: 'agent-promotion', ticket: 'DEVOPS-77', target: 'agent 1.4.2', risk: 'high' },
    ...(dueBy === undefined ? {} : { dueBy: new Date(dueBy) }),
  },
});
const listed = [
  run('late', 'person:devops', '2026-11-06T00:00:00Z'),
  run('never', 'person:devops+security'),
  run('soon', 'person:security', '2026-11-05T00:00:00Z'),
];
const ids = async (groups: readonly string[] | undefined, runs: readonly ListedRun[] = listed) => {
  const { session, asked } = createSessionDouble({ listed: runs });
  const entries = await findInbox(session.temporal.client, groups);
  assert.deepEqual(asked, [inboxQuery]);
  return entries.map(({ workflowId }) => workflowId);
};

describe('findInbox', () => {
  it('asks visibility for what waits for people', () => {
    assert.equal(inboxQuery, 'ExecutionStatus = "Running" AND LkWaitingOn STARTS_WITH "person:"');
  });

  for (const [what, groups, found] of [
    ['all, what is due first, first', undefined, ['soon', 'late', 'never']],
    ['what waits for one group', ['security'], ['soon', 'never']],
    ['what waits for one of several', ['release', 'devops'], ['late', 'never']],
    ['nothing for a group of a like name', ['secur', 'security-leads'], []],
    ['nothing for no group', [], []],
  ] as const)
    it(`finds ${what}`, async () => assert.deepEqual(await ids(groups), found));

  it('takes a name that was cut at 80 characters for one that begins so', async () => {
    const [long, cut] = [`person:${'a'.repeat(60)}+release-ma`, `person:${'a'.repeat(60)}+release-manag`];
    assert.equal(cut.slice(0, 80).length, 80);
    assert.deepEqual(await ids(['release-managers'], [run('cut', cut.slice(0, 80))]), ['cut']);
    assert.deepEqual(await ids(['release-managers'], [run('whole', long)]), []);
  });

  it('says all that a list shows', async () => {
    const { session } = createSessionDouble({ listed: listed.slice(2) });
    assert.deepEqual(await findInbox(session.temporal.client, undefined), [
      {
        ...{ workflowId: 'soon', runId: 'run-1', process: 'agent-promotion', ticket: 'DEVOPS-77' },
        ...{ target: 'agent 1.4.2', risk: 'high', groups: ['security'], dueBy: '2026-11-05T00:00:00.000Z' },
      },
    ]);
  });
});

describe('groupsOfPerson', () => {
  const { session } = createSessionDouble();
  const sources = { slackUserGroup: async () => ['U0SUE'], jiraGroup: async () => ['dana-1'] };
  const membership = createMembership(session.config, sources, () => nowMs);
  for (const [person, groups] of [
    ['dana', ['devops', 'release']],
    // she stands in for dana
    ['sue', ['devops', 'security', 'release']],
    ['jira-bot', []],
    ['eve', []],
  ] as const)
    it(`of ${person}: ${groups.join(', ') || 'none'}`, async () =>
      assert.deepEqual(await groupsOfPerson(session.config, membership, person), groups));
});

describe('lockkeeper inbox', () => {
  const myself = (accountId: string) => ({
    ...{ method: 'GET', path: '/rest/api/3/myself' },
    respond: { body: { accountId } },
  });
  const members = {
    ...{ method: 'GET', path: '/rest/api/3/group/member' },
    respond: { body: { isLast: true, values: [] } },
  };

  it('is the operator’s by his Jira account', () =>
    withLoopback([myself('dana-1'), members], async (url) => {
      const changes = { 'groups.security': ['sue'] };
      const { session, printed } = createSessionDouble({ url, listed, changes });
      assert.equal(await showInbox(session, {}), 0);
      assert.match(printed.join(''), /^TICKET[^]*late\n[^]*never\n[^]*lockkeeper approve/);
      assert.doesNotMatch(printed.join(''), /soon/);
    }));

  it('rather shows too much where a vendor’s group cannot be read', () =>
    withLoopback([myself('dev-1'), members], async (url) => {
      const { session, printed } = createSessionDouble({ url, listed, json: true });
      await showInbox(session, {});
      assert.equal((JSON.parse(printed.join('')) as unknown[]).length, 3);
    }));

  it('says that an account is nobody’s', () =>
    withLoopback([myself('eve-1')], async (url) => {
      const { session } = createSessionDouble({ url });
      await assert.rejects(
        showInbox(session, {}),
        (error) => error instanceof CliError && error.exitCode === 1 && /eve-1/.test(error.message),
      );
    }));

  it('of somebody who is not configured ends with 2', async () => {
    const { session } = createSessionDouble();
    await assert.rejects(
      showInbox(session, { person: 'eve' }),
      (error) => error instanceof CliError && error.exitCode === 2,
    );
  });

  for (const [all, text] of [
    [true, 'Nothing waits for people.\n'],
    [false, 'Nothing waits for devops, security.\n'],
  ] as const)
    it(`is empty: ${text.trim()}`, () =>
      withLoopback(all ? [] : [members], async (url) => {
        const { session, printed } = createSessionDouble({ url });
        assert.equal(await showInbox(session, all ? { all } : { person: 'dana' }), 0);
        assert.equal(printed.join(''), text);
      }));
});
