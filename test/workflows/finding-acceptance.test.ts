import assert from 'node:assert/strict';
import { resume, ticketChanged } from '../../workflows/agent-promotion/messages.ts';
import { decide, decisions, type DecisionRecord } from '../../workflows/approval/messages.ts';
import { unaccept } from '../../workflows/finding-acceptance/messages.ts';
import { recheck } from '../../workflows/halo-sync/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { claimsFor } from '../support/approval-answers.ts';
import {
  startAcceptance,
  startSync,
  type AcceptanceParts,
  type AcceptanceWorld,
} from '../support/acceptance-world.ts';
import { eventually } from '../support/approval-world.ts';
import { pageResult } from '../support/halo-pages.ts';
import { unsignedEnvelope } from '../support/stub-decisions.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('findingAcceptance', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let count = 0;

  // a server each: what another run waits for would decide how far time goes
  beforeEach(async () => void (temporal = await startTimeSkipping()));
  afterEach(() => temporal.stop());

  async function start(part: Partial<AcceptanceParts> = {}): Promise<AcceptanceWorld> {
    const nowMs = await temporal.env.currentTimeMs();
    const world = await startAcceptance(temporal.client, (count += 1), { nowMs, ...part });
    temporal.track(world.handle);
    return world;
  }
  const approved = async (part: Partial<AcceptanceParts> = {}) => {
    const world = await start(part);
    await world.say(await world.openRequest());
    await world.inState('accepted');
    return world;
  };

  it('holds for thirty days, reminds twice, and has the finding looked at again', async () => {
    const sync = await startSync(temporal.client, 'live');
    const world = await approved({ source: 'live' });
    sync.answer = ({ stage, ids = [] }) => pageResult(stage === 'parked' ? { unparked: ids } : {});
    await temporal.env.sleep('29d');
    const reminders = Object.keys(world.told()).filter((key) => key.includes('remind'));
    assert.deepEqual([reminders.length, (await world.view()).state], [2, 'accepted']);
    assert.equal(world.vendors.calls.filter((call) => call === 'tellPerson:sam').length, 3);
    await temporal.env.sleep('2d');
    const outcome = (await world.handle.result()) as { outcome: string; how: string };
    assert.deepEqual([outcome.outcome, outcome.how], ['ended', 'expired']);
    assert.deepEqual(world.done, ['read', 'accept', 'confirm', 'end']);
    const looked = await eventually(() => sync.pages.find(({ stage }) => stage === 'parked'));
    assert.deepEqual(looked.ids, [`f-${count}`]);
    await sync.until(({ parked }) => parked.length === 0);
    temporal.track(sync.handle);
    await sync.stop();
  });

  it('ends early by who may revoke it, and by nobody else', async () => {
    const world = await start();
    const view = await world.openRequest();
    await world.say(view);
    await world.inState('accepted');
    const said = [
      claimsFor(view, { verb: 'revoke', principal: 'eve', groups: [] }),
      claimsFor(view, { verb: 'revoke', principal: 'dana', groups: [], reason: 'exploited' }),
    ];
    for (const claims of said) await world.handle.signal(decide, { envelope: unsignedEnvelope(claims) });
    const end = { how: 'revoked', by: 'dana', reason: 'exploited' };
    const outcome = (await world.handle.result()) as { until: string };
    assert.deepEqual(outcome, { outcome: 'ended', until: outcome.until, ...end });
    const records = await world.handle.query<readonly DecisionRecord[]>(decisions.name);
    assert.deepEqual(
      records.map(({ verb, rule }) => [verb, rule]),
      [
        ['approve', null],
        ['revoke', 'not-a-member'],
        ['revoke', null],
      ],
    );
    assert.match(world.told()['comment-ended'] ?? '', /revoked by dana: exploited/);
  });

  it('is withdrawn or taken back by a signal; junk changes nothing', async () => {
    const [open, held] = [await start(), await approved()];
    for (const junk of [undefined, null, 7, [], { by: 'sam' }, { by: 'sam', reason: 'x'.repeat(1_000_000) }])
      for (const signal of [unaccept, ticketChanged, resume, recheck])
        await open.handle.signal<unknown[]>(signal.name, junk);
    await open.openRequest();
    for (const { handle } of [open, held]) await handle.signal(unaccept, { by: 'sam', reason: 'a mistake' });
    assert.deepEqual(await open.handle.result(), { outcome: 'withdrawn', by: 'sam', reason: 'a mistake' });
    assert.equal(((await held.handle.result()) as { how: string }).how, 'unaccepted');
    assert.deepEqual(open.done, ['read']);
    assert.deepEqual(held.done, ['read', 'accept', 'end']);
  });

  it('ends in words: refused, rejected, expired, and refused by the guard', async () => {
    const refusing = () => Promise.reject(createFailure('PolicyViolation', 'it is over'));
    const [refused, rejected, guarded, expired] = [
      await start({ reading: { state: 'refused', reason: 'it is resolved' } as never }),
      await start(),
      await start({ halo: { acceptFinding: refusing } }),
      await start({ approval: { expiresAfterMinutes: 60 } }),
    ];
    await rejected.say(await rejected.openRequest(), { verb: 'reject', reason: 'patch it' });
    await guarded.say(await guarded.openRequest());
    const ends: unknown[] = [];
    // one by one: two that are waited for at once do not let time go on
    for (const { handle } of [refused, rejected, guarded, expired]) ends.push(await handle.result());
    assert.deepEqual(ends, [
      { outcome: 'refused', reason: 'it is resolved' },
      { outcome: 'rejected', by: 'dana', reason: 'patch it' },
      { outcome: 'refused', reason: 'it is over' },
      { outcome: 'expired' },
    ]);
    const words = [refused, rejected, guarded, expired].map((world) => Object.values(world.told()).join());
    for (const [index, why] of [/it is resolved/, /patch it/, /it is over/, /nobody decided/].entries())
      assert.match(words[index] ?? '', why);
  });
});
