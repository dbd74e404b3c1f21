import assert from 'node:assert/strict';
import type { JiraPort, Publication } from '../../activities/jira/port.ts';
import type { AccountState } from '../../activities/s3/port.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { driftSweep } from '../../workflows/sweeps/drift-sweep.ts';
import { createPromotionWorld } from '../support/promotion-world.ts';
import { registerStubs, type Stubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

type NewTicket = Parameters<JiraPort['createTicket']>[0];

const workflow_id = 'agent-promotion:main:10007';
const publication = (account: string): Publication => ({
  ...{ account, version: '1.4.2', sha256: 'a'.repeat(64) },
  ...{ s3VersionId: 'o1', manifestVersionId: 'm1' },
});
const state = (account: string, changes: Partial<AccountState> = {}): AccountState => ({
  ...{ account, manifest: 'present', version: '1.4.2', versions: ['1.4.2'], manifestVersionId: 'm1' },
  entry: { ticket: 'DEVOPS-7', workflow_id, run_id: 'r', uploaded_at: '2020-01-01T00:00:00Z' },
  ...changes,
});
const absent = { manifest: 'absent', entry: null, manifestVersionId: null } as const;
const rewritten = { manifestVersionId: 'm2' };

describe('driftSweep', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let count = 0;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  /** Sweeps once over accounts that a promotion left as they are, unless a test says otherwise. */
  async function sweep(
    states: readonly AccountState[],
    prepare: (stubs: Stubs) => void = () => {},
    drift: Readonly<Record<string, readonly string[]>> = {},
  ) {
    const workflowId = `drift-sweep-${(count += 1)}`;
    const { stubs } = createPromotionWorld();
    const { jira, 'aws-promotion': aws } = stubs;
    const tickets: NewTicket[] = [];
    aws.readAccount = async ({ account }) =>
      states.find((one) => one.account === account) ?? state(account, { manifest: 'absent' });
    aws.findDrift = async ({ account }) => drift[account] ?? [];
    jira.readPublications = async () => states.map(({ account }) => publication(account));
    jira.createTicket = async (input) => {
      tickets.push(input);
      return { issueId: String(tickets.length), ticket: `DEVOPS-${100 + tickets.length}`, created: true };
    };
    stubs.temporal.describeRun = async () => 'closed';
    prepare(stubs);
    registerStubs(workflowId, stubs);
    const accounts = states.map(({ account }) => account);
    const handle = await temporal.client.workflow.start<typeof driftSweep>('driftSweep', {
      workflowId,
      taskQueue: testQueue,
      args: [{ sites: ['main', 'other'], accounts, issueType: 'Task' }],
    });
    return { result: await temporal.track(handle).result(), tickets };
  }
  const summaryOf = ({ tickets }: { tickets: readonly NewTicket[] }) => JSON.stringify(tickets);

  it('writes nothing when every account is as it was left', async () => {
    const { result, tickets } = await sweep([state('prod-a'), state('prod-b')]);
    assert.deepEqual(result, { checked: 2, drifted: [], tickets: [], unresolved: [] });
    assert.deepEqual(tickets, []);
  });

  it('writes nothing before the first promotion', async () => {
    const { result } = await sweep([state('prod-a', absent), state('prod-b', absent)]);
    assert.deepEqual(result, { checked: 2, drifted: [], tickets: [], unresolved: [] });
  });

  it('reports an account that differs, on the site of its last promotion', async () => {
    const entry = { ...state('prod-a').entry, workflow_id: 'agent-promotion:other:7' };
    const found = await sweep([state('prod-a', { entry }), state('prod-b')], undefined, {
      'prod-a': ['the object has other bytes'],
    });
    assert.deepEqual(found.result, {
      checked: 2,
      drifted: ['prod-a'],
      tickets: ['DEVOPS-101'],
      unresolved: [],
    });
    const [ticket] = found.tickets;
    assert.deepEqual(
      [ticket?.site, ticket?.issueType, ticket?.labels],
      ['other', 'Task', ['lockkeeper-drift']],
    );
    assert.match(summaryOf(found), /the object has other bytes.*Last promotion: DEVOPS-7.*What to do/);
  });

  it('asks for the same ticket again while it is the same drift, and for another when it is not', async () => {
    const keys: string[] = [];
    for (const differences of [['x', 'y'], ['y', 'x'], ['x']]) {
      const { tickets } = await sweep([state('prod-a')], undefined, { 'prod-a': differences });
      keys.push(tickets[0]?.key ?? '');
    }
    assert.equal(keys[0], keys[1]);
    assert.notEqual(keys[0], keys[2]);
  });

  const itself: [string, Partial<AccountState>, RegExp][] = [
    ['cannot be read', { manifest: 'unreadable', entry: null }, /cannot be read/],
    ['is gone', absent, /is not there, and other accounts have one/],
    ['names no ticket of ours', { entry: { ticket: 'x', workflow_id } }, /names no ticket and run of ours/],
    ['has no entry', { entry: null }, /names no ticket and run of ours/],
  ];
  for (const [name, changes, words] of itself)
    it(`reports a manifest that ${name}`, async () => {
      const found = await sweep([state('prod-a', changes), state('prod-b')]);
      assert.deepEqual(found.result.drifted, ['prod-a']);
      assert.match(summaryOf(found), words);
      assert.equal(found.tickets[0]?.site, 'main');
    });

  it('reports an account that the ticket says nothing of', async () => {
    const found = await sweep([state('prod-a')], ({ jira }) => void (jira.readPublications = async () => []));
    assert.match(summaryOf(found), /DEVOPS-7 has no record of what was written to prod-a/);
  });

  it('leaves alone what a run is just writing: not recorded yet', async () => {
    const { result } = await sweep(
      [state('prod-a', rewritten)],
      ({ temporal }) => void (temporal.describeRun = async () => 'running'),
      { 'prod-a': ['the manifest has another version'] },
    );
    assert.deepEqual(result, { checked: 0, drifted: [], tickets: [], unresolved: [] });
  });

  it('leaves alone what was written a moment ago, whatever has become of the run', async () => {
    const uploaded_at = new Date(await temporal.env.currentTimeMs()).toISOString();
    const young = state('prod-a', { ...rewritten, entry: { ...state('prod-a').entry, uploaded_at } });
    assert.equal((await sweep([young], undefined, { 'prod-a': ['x'] })).result.checked, 0);
  });

  it('hides no changed object behind a running run when its manifest is the recorded one', async () => {
    const { result } = await sweep(
      [state('prod-a')],
      ({ temporal }) => void (temporal.describeRun = async () => 'running'),
      { 'prod-a': ['the object has other bytes'] },
    );
    assert.deepEqual(result.drifted, ['prod-a']);
  });

  it('reports a rewritten manifest once the run that it names is closed', async () => {
    const { result } = await sweep([state('prod-a', rewritten)], undefined, { 'prod-a': ['x'] });
    assert.deepEqual(result.drifted, ['prod-a']);
  });

  const denied = () => Promise.reject(createFailure('PermissionDenied', 'AccessDenied'));
  const silent = () => Promise.reject(createFailure('Unavailable', '503'));
  const failing: [string, (stubs: Stubs, fail: typeof denied) => void][] = [
    ['cannot be read', ({ 'aws-promotion': aws }, fail) => replace(aws, 'readAccount', fail)],
    ['cannot be compared', ({ 'aws-promotion': aws }, fail) => replace(aws, 'findDrift', fail)],
  ];
  for (const [name, break_] of failing)
    for (const [how, fail] of [
      ['is refused', denied],
      ['stays away', silent],
    ] as const)
      it(`goes on with the others when one account ${name}: it ${how}`, async () => {
        const states = [state('prod-a'), state('prod-b')];
        const { result } = await sweep(states, (stubs) => break_(stubs, fail), { 'prod-b': ['x'] });
        assert.deepEqual([result.drifted, result.unresolved], [['prod-b'], ['prod-a']]);
      });

  it('says which drift could not be reported', async () => {
    const { result } = await sweep(
      [state('prod-a')],
      ({ jira }) =>
        void (jira.createTicket = () => Promise.reject(createFailure('InvalidInput', 'no such type'))),
      { 'prod-a': ['x'] },
    );
    assert.deepEqual(result, { checked: 1, drifted: ['prod-a'], tickets: [], unresolved: ['prod-a'] });
  });

  it('ends when a person cancels it in the middle', async () => {
    const pass = sweep([state('prod-a'), state('prod-b')], ({ jira }) => {
      jira.readPublications = async () => {
        await temporal.client.workflow.getHandle(`drift-sweep-${count}`).cancel();
        throw createFailure('Unavailable', '503');
      };
    });
    await assert.rejects(pass, /cancel/i);
  });
});

/** That verb fails for prod-a only. */
function replace(
  port: Stubs['aws-promotion'],
  verb: 'readAccount' | 'findDrift',
  fail: () => Promise<never>,
) {
  const whole = { ...port };
  if (verb === 'readAccount')
    port.readAccount = async (input) => (input.account === 'prod-a' ? fail() : whole.readAccount(input));
  else port.findDrift = async (input) => (input.account === 'prod-a' ? fail() : whole.findDrift(input));
}
