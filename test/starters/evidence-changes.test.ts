import assert from 'node:assert/strict';
import type { ChangePermission } from '../../activities/jira/changes/port.ts';
import { checkChangeWrites, collectChangeWrites } from '../../starters/cli/evidence/change-writes.ts';
import type { EvidenceBundle } from '../../starters/cli/evidence/bundle.ts';
import type { RecordedRun } from '../../starters/cli/evidence/history.ts';
import type { Grant } from '../../workflows/approval/messages.ts';
import { approved, automatic, build, execution, own } from '../activities/decisions/change-world.ts';
import { knownKeys, nowMs } from '../activities/decisions/signing.ts';

const at = '2026-11-22T10:00:00.000Z';

/** What a run's history keeps of its guarded writes, as evidence. */
async function evidenceOf(
  permission: Partial<ChangePermission>,
  { policy = own, jobId }: { policy?: typeof own; jobId?: number } = {},
) {
  const given = { build, policy, grant: await approved(), plan: null, planGrant: null, ...permission };
  const type = jobId === undefined ? 'approveChange' : 'playDeployJob';
  const end = { state: 'done', id: 9, result: {} };
  const input = { permission: given, ...(jobId === undefined ? {} : { jobId }) };
  const run = { activities: [{ id: 7, at, type, input, end }] } as unknown as RecordedRun;
  const grants: Record<string, Grant> = {};
  const keep = (grant: Grant | null) => {
    if (!grant) return null;
    const key = String(Object.keys(grants).length).repeat(64);
    grants[key] = grant;
    return key;
  };
  const collected = collectChangeWrites(run, policy, keep);
  const bundle = {
    ...{ namespace: 'security', input_policy: policy, grants },
    run: { workflow_id: execution.workflowId, run_id: execution.runId },
    ...collected,
  } as unknown as EvidenceBundle;
  return { bundle, check: () => checkChangeWrites(bundle, { keys: knownKeys, nowMs }) };
}

describe('evidence of a change', () => {
  it('names the guarded write, its build and its permission', async () => {
    const { bundle } = await evidenceOf({}, { jobId: 99 });
    const [write] = bundle.change_writes ?? [];
    assert.deepEqual(
      [write?.activity, write?.job_id, write?.build['sha'], write?.permission.policy, write?.state],
      ['playDeployJob', 99, build.sha, 'input', 'done'],
    );
  });

  it('has none for a run that is no change', () => {
    assert.deepEqual(
      collectChangeWrites({ activities: [] } as unknown as RecordedRun, own, () => null),
      {},
    );
  });

  it('lets what people approved pass the guard again', async () => {
    const { check } = await evidenceOf({});
    assert.deepEqual(
      (await check()).map(({ state, found }) => [state, found]),
      [['ok', 'by sue, ray']],
    );
  });

  it('says when it was by policy alone', async () => {
    const { check } = await evidenceOf({ grant: null }, { policy: automatic });
    assert.deepEqual(
      (await check()).map(({ found }) => found),
      ['by policy alone'],
    );
  });

  it('does not believe a write without a grant, or for another job', async () => {
    const without = await (await evidenceOf({ grant: null })).check();
    const other = await (
      await evidenceOf({ grant: await approved({ subject: { deployJobId: 98 } }) }, { jobId: 99 })
    ).check();
    assert.deepEqual(
      [...without, ...other].map(({ state }) => state),
      ['WRONG', 'WRONG'],
    );
  });
});
