import assert from 'node:assert/strict';
import { requests } from '../../workflows/approval/messages.ts';
import { ticketChanged, type InspectionOutcome } from '../../workflows/change-inspection/messages.ts';
import { claimsFor } from '../support/approval-answers.ts';
import { eventually } from '../support/approval-world.ts';
import {
  autoApproved,
  inspectionPolicy,
  startInspection,
  type InspectionOptions,
  type InspectionRun,
} from '../support/inspection-world.ts';
import { unsignedEnvelope } from '../support/stub-decisions.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

/** Tells no channels: with a child left behind this server would not stop skipping. */
const alone = { ...inspectionPolicy, notify: [] };
const fortnight = { ...alone, approval: { ...alone.approval, expiresAfterMinutes: 20_160 } };

describe('inspection of a month that takes its time', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let months = 0;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  async function start(options: Partial<InspectionOptions>): Promise<InspectionRun> {
    months += 1;
    const base = { month: `2018-0${months}`, approved: [autoApproved(9)], policy: alone };
    const run = await startInspection(temporal.client, { ...base, ...options });
    temporal.track(run.handle);
    return run;
  }
  const resultOf = async ({ handle }: InspectionRun) => (await handle.result()) as InspectionOutcome;
  const commentsOf = ({ world }: InspectionRun, step: string) =>
    world.comments.filter(({ key }) => key.includes(`/${step}`));

  it('is overdue when nobody inspects in time: recorded, asked again, and done late', async () => {
    const run = await start({});
    await run.open('PRODCM-9');
    await temporal.env.sleep('31m');
    const late = await eventually(async () =>
      (await run.record()).tickets.find(({ result }) => result === 'overdue'),
    );
    assert.equal(late.inspector, null);
    const again = await run.open('PRODCM-9');
    const asked = await run.handle.query(requests);
    assert.deepEqual(
      asked.map(({ state }) => state),
      ['expired', 'open'],
    );
    assert.equal(commentsOf(run, 'overdue-1').length, 1);
    await run.say(again);
    assert.equal((await resultOf(run)).tickets[0]?.result, 'passed');
  });

  it('waits for as long as nobody inspects: 60 days, asked every fortnight', async () => {
    const run = await start({ policy: fortnight });
    await run.open('PRODCM-9');
    await temporal.env.sleep('60d');
    const asked = await eventually(async () => {
      const found = await run.handle.query(requests);
      return found.length === 5 ? found : undefined;
    });
    assert.deepEqual(
      asked.map(({ state }) => state),
      ['expired', 'expired', 'expired', 'expired', 'open'],
    );
    await run.say(await run.open('PRODCM-9'));
    assert.equal((await resultOf(run)).tickets[0]?.result, 'passed');
    assert.ok(Number((await run.handle.describe()).historyLength) < 1_500);
  });

  for (const webhook of [true, false])
    it(`counts an answer on the ticket ${webhook ? 'after' : 'without'} the webhook`, async () => {
      const envelopes: string[] = [];
      const run = await start({
        policy: fortnight,
        prepare: (_, stubs) => {
          stubs.jira.attestDecisions = async () => ({ envelopes, ignored: [] });
        },
      });
      const view = await run.open('PRODCM-9');
      await eventually(() => run.world.calls.includes('askOnTicket') || undefined);
      const claims = claimsFor(view, { principal: 'sid', groups: ['security'], via: 'jira' });
      envelopes.push(unsignedEnvelope(claims));
      if (webhook) await run.handle.signal(ticketChanged, { deliveryId: 'd1', event: 'comment_created' });
      const { tickets } = await resultOf(run);
      assert.deepEqual([tickets[0]?.result, tickets[0]?.inspector], ['passed', 'sid']);
    });
});
