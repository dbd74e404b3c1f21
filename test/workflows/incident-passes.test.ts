import assert from 'node:assert/strict';
import type { CaseSweep, ChangedIssue, IssueTie } from '../../activities/incidents/port.ts';
import { pauses, setPause } from '../../workflows/incident-control/messages.ts';
import { issueChanged } from '../../workflows/incident-intake/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { eventually } from '../support/approval-world.ts';
import { startPass } from '../support/incident-passes.ts';
import { incidentPolicy } from '../support/incident-stubs.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

const connection = 'aws-main';
const first = '1000000001';
const second = '1000000002';

describe('passes over incidents', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  describe('incidentIntake', () => {
    const tie = (part: Partial<IssueTie> = {}): IssueTie => ({
      ...{ issueId: '10001', issueKey: 'INC-1', found: true, caseId: null, notEligible: null, ...part },
    });
    async function intake(found: IssueTie) {
      const input = { connection, issueId: '10001', policy: incidentPolicy };
      const port = { readIssueTie: async () => found };
      const { handle, sides } = await startPass(temporal, workflowTypes.incidentIntake, input, { port });
      return { result: (await handle.result()) as { outcome: string }, sides };
    }

    it('makes a case of an issue, and tells its run whose it is', async () => {
      const { result, sides } = await intake(tie());
      assert.equal(result.outcome, 'created');
      assert.deepEqual([sides.calls, sides.told], [['createCase'], ['case 2000000001 intake both 10001']]);
    });

    it('tells the run of a case that there is', async () => {
      const { result, sides } = await intake(tie({ caseId: first, notEligible: 'Lockkeeper made it' }));
      assert.equal(result.outcome, 'told');
      assert.deepEqual([sides.calls, sides.told], [[], [`case ${first} intake issue 10001`]]);
    });

    it('makes no case where the rules allow none, and none of an issue that is gone', async () => {
      const refused = await intake(tie({ notEligible: 'it is done' }));
      assert.deepEqual(refused.result, { outcome: 'not-eligible', caseId: null, reason: 'it is done' });
      const gone = await intake(tie({ found: false, notEligible: 'Jira has no such issue' }));
      assert.equal(gone.result.outcome, 'gone');
      assert.deepEqual([...refused.sides.told, ...gone.sides.told], []);
    });

    it('leaves an issue that was named by its key to the run of its number (X-10)', async () => {
      const { result, sides } = await intake(tie({ issueId: '10002' }));
      assert.equal(result.outcome, 'told');
      assert.deepEqual([sides.calls, sides.told], [[], ['issues 10002']]);
    });

    it('looks again when somebody speaks while it looks', async () => {
      const [entered, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let looks = 0;
      const port = {
        async readIssueTie() {
          looks += 1;
          if (looks === 1) {
            entered.resolve();
            await go.promise;
          }
          return tie({ caseId: looks === 1 ? null : first, notEligible: looks === 1 ? 'it is done' : null });
        },
      };
      const input = { connection, issueId: '10001', policy: incidentPolicy };
      const { handle, sides } = await startPass(temporal, workflowTypes.incidentIntake, input, { port });
      await entered.promise;
      await handle.signal(issueChanged, { deliveryId: 'd2', event: 'jira:issue_updated' });
      await handle.signal(issueChanged, 'nonsense');
      go.resolve();
      assert.equal(((await handle.result()) as { outcome: string }).outcome, 'told');
      assert.deepEqual([looks, sides.told], [2, [`case ${first} jira:issue_updated issue 10001`]]);
    });
  });

  it('incidentControl: knows what is paused, and wakes what it lets go on', async () => {
    const { handle, sides } = await startPass(temporal, workflowTypes.incidentControl, {});
    const said = { scope: connection, by: 'sam', reason: 'maintenance' };
    for (const payload of [
      { ...said, paused: true },
      { ...said, reason: 'still', paused: true },
      { ...said, scope: '*', paused: false },
      ...[{ ...said, scope: 'Not a name', paused: true }, { ...said, paused: 'yes' }, null],
    ])
      await handle.signal(setPause, payload);
    const standing = await handle.query(pauses);
    assert.deepEqual(
      standing.map(({ scope, by, reason }) => [scope, by, reason]),
      [[connection, 'sam', 'still']],
    );
    await handle.signal(setPause, { ...said, paused: false });
    await eventually(async () => sides.told.length > 0 || undefined);
    assert.deepEqual([await handle.query(pauses), sides.told], [[], [`wake ${connection}`]]);
    await handle.terminate();
  });

  describe('incidentSweep', () => {
    const found: CaseSweep = {
      ...{ listed: 3, open: 2, calls: 1 },
      changed: [
        { caseId: first, updatedAt: '2026-11-23T10:00:00Z', closed: false },
        { caseId: second, updatedAt: '2026-11-23T10:00:00Z', closed: true },
      ],
    };
    const issue = (issueId: string, part: Partial<IssueTie>): ChangedIssue => ({
      ...{ issueId, issueKey: `INC-${issueId}`, found: true, caseId: null, notEligible: null, ...part },
      updatedAt: '2026-11-23T10:00:00Z',
    });
    const port = {
      sweepCases: async () => found,
      sweepIssues: async () => ({
        issues: [
          issue('1', {}),
          issue('2', { notEligible: 'no' }),
          issue('3', { caseId: first, notEligible: 'no' }),
        ],
      }),
    };

    it('tells the runs of what changed, closed ones too (S-42), and of issues that may become cases', async () => {
      const { handle, sides } = await startPass(
        temporal,
        workflowTypes.incidentSweep,
        { connection },
        { port },
      );
      const { at, seen, ...report } = (await handle.result()) as Record<string, unknown>;
      assert.ok(seen);
      assert.deepEqual(report, { listed: 3, open: 2, told: 4 });
      assert.match(String(at), /Z$/);
      assert.deepEqual(sides.told, [`cases ${first} ${second} sweep`, 'issues 1 3']);
    });

    it('tells nobody in a dry run', async () => {
      const input = { connection, dryRun: true };
      const { handle, sides } = await startPass(temporal, workflowTypes.incidentSweep, input, { port });
      assert.equal(((await handle.result()) as { told: number }).told, 4);
      assert.deepEqual(sides.told, []);
    });

    it('concludes nothing from a page that failed', async () => {
      const refused = {
        ...port,
        sweepCases: async () => {
          throw createFailure('PermissionDenied', 'list cases: no');
        },
      };
      const { handle, sides } = await startPass(
        ...([temporal, workflowTypes.incidentSweep, { connection }, { port: refused }] as const),
      );
      await assert.rejects(handle.result());
      assert.deepEqual(sides.told, []);
    });
  });
});
