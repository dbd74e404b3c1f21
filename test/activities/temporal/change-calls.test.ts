import assert from 'node:assert/strict';
import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { createChangeCalls } from '../../../activities/temporal/change-calls.ts';
import type { ChangeNudge } from '../../../activities/temporal/port.ts';
import { changeRequest, sha } from '../../support/change-world.ts';
import { assertFails } from '../../support/failing-vendor.ts';

interface Sent {
  readonly workflowId: string;
  readonly signal: string;
}

/** A client as far as these calls know it. */
function world(running: readonly string[], listed: readonly Partial<WorkflowExecutionInfo>[] = []) {
  const sent: Sent[] = [];
  const started: string[] = [];
  const queries: string[] = [];
  const state = { down: false };
  const workflow = {
    getHandle: (workflowId: string) => ({
      signal: async (signal: string) => {
        sent.push({ workflowId, signal });
        if (!running.includes(workflowId))
          throw new WorkflowNotFoundError('not found', workflowId, undefined);
      },
    }),
    signalWithStart: async (_: string, { workflowId }: { workflowId: string }) => {
      if (state.down) throw new Error('no connection');
      started.push(workflowId);
    },
    async *list({ query }: { query: string }) {
      queries.push(query);
      if (state.down) throw new Error('no connection');
      yield* listed;
    },
  };
  const client = {
    workflow,
    withDeadline: <T>(_: number, act: () => Promise<T>) => act(),
  } as unknown as Client;
  const calls = createChangeCalls({
    client,
    toChangeStart: ({ environment, build }) =>
      environment === 'production'
        ? {
            ...{ workflowType: 'changeApproval', workflowId: `change:${build}`, taskQueue: 'q', input: {} },
            ...{ staticSummary: 's', searchAttributes: [] },
          }
        : undefined,
  });
  return { calls, sent, started, queries, state };
}

const nudge = (part: Partial<ChangeNudge> = {}): ChangeNudge => ({
  ...{ key: 'PRODCM-7', issueId: '7', workflowId: 'change:1', status: 'waiting', build: changeRequest },
  ...part,
});

describe('a changed ticket', () => {
  const cases: readonly [
    string,
    Partial<ChangeNudge>,
    readonly string[],
    readonly [number, number, number],
  ][] = [
    ['is told to its run', {}, ['change:1'], [1, 0, 0]],
    ['gets a run when its own is gone', {}, [], [0, 1, 0]],
    ['made by hand gets a run', { workflowId: null }, [], [0, 1, 0]],
    ['in Draft gets a run', { workflowId: null, status: 'draft' }, [], [0, 1, 0]],
    ['that is closed gets none', { status: 'closed' }, [], [0, 0, 0]],
    ['that is approved without a run gets none', { status: 'approved' }, [], [0, 0, 0]],
    [
      'without a build is left to people',
      { workflowId: null, build: { ...changeRequest, sha: null } },
      [],
      [0, 0, 1],
    ],
    [
      'with a commit that is none',
      { workflowId: null, build: { ...changeRequest, sha: 'main' } },
      [],
      [0, 0, 1],
    ],
    [
      'with a project that is none',
      { workflowId: null, build: { ...changeRequest, project: "x' OR" } },
      [],
      [0, 0, 1],
    ],
    [
      'of an environment that is not controlled',
      { workflowId: null, build: { ...changeRequest, environment: 'staging' } },
      [],
      [0, 0, 1],
    ],
  ];
  for (const [what, part, running, [signalled, begun, incomplete]] of cases)
    it(what, async () => {
      const { calls } = world(running);
      const result = await calls.nudgeChanges({ changes: [nudge(part)] });
      assert.deepEqual(
        [result.signalled, result.started, result.incomplete.length],
        [signalled, begun, incomplete],
      );
    });

  it('that is over is told to a running inspection', async () => {
    const { calls, sent } = world(
      ['change-inspection:2026-10'],
      [{ workflowId: 'change-inspection:2026-10' }],
    );
    assert.equal((await calls.nudgeChanges({ changes: [nudge({ status: 'closed' })] })).signalled, 1);
    assert.equal(sent.at(-1)?.workflowId, 'change-inspection:2026-10');
  });

  it('waits for Temporal when it does not answer', async () => {
    const { calls, state } = world([]);
    state.down = true;
    await assertFails(() => calls.nudgeChanges({ changes: [nudge()] }), 'Unavailable');
  });
});

describe('code of a project', () => {
  it('is told to its running changes only', async () => {
    const { calls, queries, sent } = world(
      ['a', 'b'],
      [{ workflowId: 'a' }, { workflowId: 'gone' }, { workflowId: 'b' }],
    );
    assert.deepEqual(await calls.nudgeProject({ project: 'shop/web', event: 'pipeline' }), { signalled: 2 });
    assert.match(queries[0] ?? '', /LkTarget STARTS_WITH 'shop\/web@' AND ExecutionStatus = 'Running'/);
    assert.deepEqual([...new Set(sent.map(({ signal }) => signal))], ['codeChanged']);
  });

  it('whose name could end the query finds nothing and asks nothing', async () => {
    const { calls, queries } = world([]);
    assert.deepEqual(await calls.nudgeProject({ project: "x' OR '1'='1", event: 'e' }), { signalled: 0 });
    assert.deepEqual(queries, []);
  });

  for (const [what, memo, approved] of [
    ['this commit', { sha }, true],
    ['another commit', { sha: 'b'.repeat(40) }, false],
    ['no memo', undefined, false],
  ] as const)
    it(`is approved by a change of ${what}: ${approved}`, async () => {
      const { calls } = world([], [{ workflowId: 'a', ...(memo ? { memo } : {}) }]);
      assert.deepEqual(await calls.findApprovedChange({ project: 'shop/web', sha }), { approved });
    });
});
