import assert from 'node:assert/strict';
import { chunksOf } from '../../activities/bounded.ts';
import { createSecretCalls } from '../../activities/temporal/secret-calls.ts';
import { requests, type RequestView } from '../../workflows/approval/messages.ts';
import { toFindingChange } from '../../workflows/secret-audit/discrepancy.ts';
import type { SecretFindingOutcome, Verdict } from '../../workflows/secret-audit/messages.ts';
import { eventually } from '../support/approval-world.ts';
import { createSecretWorld, type SecretWorld } from '../support/secret-world.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('secretFinding', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  // a server each: what another run waits for would decide how far time goes
  beforeEach(async () => void (temporal = await startTimeSkipping()));
  afterEach(() => temporal.stop());

  async function start(rules: Readonly<Record<string, unknown>> = {}): Promise<SecretWorld> {
    return createSecretWorld(temporal, await temporal.env.currentTimeMs(), rules);
  }
  /** A change that no ticket covers, past its grace. */
  async function change(world: SecretWorld, name: string, part = {}) {
    const event = world.event(name, part);
    await world.deliver(event);
    await world.result(event);
    return event;
  }
  const noTicket: Verdict = {
    ...{ verdict: 'no-ticket', ticket: null, approver: null, approvedAt: null },
    reasons: ['no ticket names this secret'],
  };
  const result = (world: SecretWorld) => world.finding().result() as Promise<SecretFindingOutcome>;

  it('asks who did it and who owns it, and then somebody else, who approves afterwards', async () => {
    const world = await start();
    const event = await change(world, 'a');
    temporal.track(world.finding());
    const question = await world.openRequest('secret-question');
    assert.deepEqual(question.policy.quorum, [{ group: 'people:dana,mia', count: 1 }]);
    await world.say(question, { principal: 'mia', choice: 'me', reason: 'it is SECCHG-9' });
    const afterwards = await world.openRequest('secret-afterwards');
    assert.deepEqual([afterwards.evidence.changers, afterwards.policy.exclude], [['mia'], ['changer']]);
    await world.say(afterwards, { principal: 'sue' });
    const { findings } = await result(world);
    assert.deepEqual(
      [findings.length, findings[0]?.changes, findings[0]?.end],
      [1, 1, 'approved-afterwards'],
    );
    const kinds = world.versions(event).map(({ verdict, explanation }) => [verdict, explanation?.kind]);
    assert.deepEqual(kinds.slice(1), [
      ['no-ticket', undefined],
      ['no-ticket', 'me'],
      ['no-ticket', 'approved-afterwards'],
    ]);
    assert.equal(world.versions(event)[2]?.explanation?.text, 'it is SECCHG-9');
  });

  it('does not let whoever did it approve it afterwards', async () => {
    const world = await start();
    await change(world, 'a');
    await world.say(await world.openRequest('secret-question'), { principal: 'mia', choice: 'me' });
    const afterwards = await world.openRequest('secret-afterwards');
    await world.say(afterwards, { principal: 'mia' });
    await eventually(async () => {
      const views = await world.finding().query<readonly RequestView[]>(requests.name);
      return (
        views.find(({ evidence }) => evidence.kind === 'secret-afterwards')?.state === 'open' || undefined
      );
    });
    await world.say(afterwards, { principal: 'sue' });
    assert.equal((await result(world)).findings[0]?.end, 'approved-afterwards');
  });

  it('tells channels at once when it was nobody', async () => {
    const world = await start();
    const event = await change(world, 'a');
    const question = await world.openRequest('secret-question');
    await world.say(question, { principal: 'dana', verb: 'reject', reason: 'I was on holiday' });
    assert.equal((await result(world)).findings[0]?.end, 'not-me');
    const [notice] = await eventually(() =>
      world.vendors.notices.length > 0 ? world.vendors.notices : undefined,
    );
    assert.equal(notice?.channel, 'soc');
    assert.match(notice.lines.join(), /nobody’s doing: I was on holiday/);
    assert.equal(world.versions(event).at(-1)?.explanation?.kind, 'not-me');
  });

  it('escalates silence by a timer, twice', async () => {
    const world = await start();
    await change(world, 'a');
    const { findings } = await result(world);
    assert.equal(findings[0]?.end, 'unanswered');
    await eventually(() => world.vendors.notices.length === 2 || undefined);
  });

  it('makes one finding of a thousand changes, told of each of them twice', async () => {
    const world = await start({
      finding: { question: 'question', approval: 'afterwards', collectSeconds: 20 },
    });
    const calls = createSecretCalls({ client: temporal.client, config: world.config });
    const changes = Array.from({ length: 1_000 }, (_, index) => {
      const event = world.event(`e${index}`);
      return toFindingChange(event, noTicket, { changer: 'mia', owners: [] });
    });
    const [first = assert.fail()] = changes;
    await calls.reportDiscrepancy({ change: first });
    for (const part of chunksOf([...changes, ...changes], 50))
      await Promise.all(part.map((one) => calls.reportDiscrepancy({ change: one })));
    await temporal.env.sleep('1 minute');
    const question = await world.openRequest('secret-question');
    assert.match(question.evidence.title, /1000 changes of secrets without approval by/);
    await world.say(question, { principal: 'mia', verb: 'reject', reason: 'no' });
    const { findings } = await result(world);
    assert.deepEqual([findings.length, findings[0]?.changes], [1, 1_000]);
    assert.equal(world.vendors.calls.filter((call) => call === 'createTicket').length, 1);
  });

  it('makes one finding of twenty changes', async () => {
    const world = await start({
      graceMinutes: 0,
      finding: { question: 'question', approval: 'afterwards', collectSeconds: 4 },
    });
    const events = Array.from({ length: 20 }, (_, index) => world.event(`e${index}`));
    for (const event of events) await world.deliver(event);
    for (const event of events) await world.standsAs(event, 'no-ticket');
    const question = await world.openRequest('secret-question');
    assert.match(question.evidence.title, /20 changes of secrets without approval by/);
    await world.say(question, { principal: 'mia', verb: 'reject', reason: 'no' });
    const { findings } = await result(world);
    assert.deepEqual([findings.length, findings[0]?.changes], [1, 20]);
    assert.equal(world.vendors.calls.filter((call) => call === 'createTicket').length, 1);
  });

  it('has nothing to ask any more when an approval is found', async () => {
    const world = await start();
    const event = world.event('a');
    await world.deliver(event);
    await world.result(event);
    await world.openRequest('secret-question');
    await world.hint(world.ticket('1', [[-30, 'sue', { status: 'Approved' }]]));
    await world.standsAs(event, 'authorised');
    assert.equal((await result(world)).findings[0]?.end, 'cleared');
  });

  it('asks again about a change that was cleared, and is not covered after all', async () => {
    const world = await start();
    const calls = createSecretCalls({ client: temporal.client, config: world.config });
    const told = (name: string) =>
      toFindingChange(world.event(name), noTicket, { changer: 'mia', owners: [] });
    const [change, other] = [told('a'), told('other')];
    await calls.reportDiscrepancy({ change });
    await world.openRequest('secret-question');
    await calls.reportDiscrepancy({ change: other });
    const isOpen = async (count: number) => {
      const views = await world.finding().query<readonly RequestView[]>(requests.name);
      return views.filter(({ state }) => state === 'open').length === count || undefined;
    };
    await temporal.env.sleep('1 minute');
    await eventually(() => isOpen(2));
    await calls.clearDiscrepancy({ change: { ...change, verdict: 'authorised' } });
    await eventually(() => isOpen(1));
    await calls.reportDiscrepancy({ change });
    await temporal.env.sleep('1 minute');
    await eventually(() => isOpen(2));
    assert.equal(world.vendors.calls.filter((call) => call === 'createTicket').length, 3);
    await temporal.track(world.finding()).terminate();
  });

  it('makes a second finding of what comes while the first is open', async () => {
    const world = await start();
    await change(world, 'a');
    await world.openRequest('secret-question');
    await change(world, 'b');
    const { findings } = await result(world);
    assert.deepEqual(
      findings.map(({ changes, end }) => [changes, end]),
      [
        [1, 'unanswered'],
        [1, 'unanswered'],
      ],
    );
  });

  it('asks others at once where nobody is known to ask', async () => {
    const world = await start();
    world.unknownActor = true;
    await change(world, 'a');
    const afterwards = await world.openRequest('secret-afterwards');
    await world.say(afterwards, { principal: 'sue', verb: 'reject', reason: 'who was that?' });
    assert.equal((await result(world)).findings[0]?.end, 'rejected-afterwards');
  });

  it('takes whatever is signalled, and ends', async () => {
    const world = await start();
    await change(world, 'a');
    await world.openRequest('secret-question');
    for (const payload of [null, 7, 'x', {}, [], { eventId: 'none' }, 'y'.repeat(1_000_000)])
      for (const name of ['discrepancy', 'cleared', 'decide', 'ticketChanged', 'resume'])
        await world.finding().signal(name, payload);
    assert.equal((await result(world)).findings.length, 1);
  });
});
