import assert from 'node:assert/strict';
import { decide, type RequestView } from '../../workflows/approval/messages.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { claimsFor } from '../support/approval-answers.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';
import { approval, exportRun, sealed, signed, startEvidenceRun, wave, wrongsOf } from './evidence-world.ts';

const dana = { principal: 'dana', groups: ['devops'] };
const sue = { principal: 'sue', groups: ['security'] };
const hold = { kind: 'person', source: 'dev', reason: 'release week', until: null } as const;

describe('lockkeeper evidence: a run in one document', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  const start = (...rest: Parameters<typeof startEvidenceRun> extends [unknown, ...infer R] ? R : never) =>
    startEvidenceRun(temporal, ...rest);

  // The test server stops skipping time once a run has left an abandoned child behind: hours come first.
  it('tells that nobody decided in time, who was reminded, and who was late', async () => {
    const slow = sealed({ ...approval, reminders: [{ afterMinutes: 10, to: 'thread' as const }] });
    const run = await start({ approval: slow });
    const view = await run.shown();
    await run.say(view, { ...dana, iat: Math.floor(Date.parse(view.openedAt) / 1000) + 7_200 });
    await run.handle.result();
    const bundle = await run.export();
    const [request] = bundle.requests;
    assert.equal(request?.shown.at(-1)?.state, 'expired');
    assert.ok(request.shown.some(({ to }) => to === 'reminder'));
    assert.deepEqual(await wrongsOf(bundle), []);
  });

  it('has what was shown, what was said in its order, and what was written', async () => {
    const run = await start();
    const view = await run.shown();
    const first = await run.say(view, dana);
    await run.say(view, { ...dana, verb: 'revoke' });
    await run.say(view, dana);
    await run.say(view, sue);
    await run.handle.result();
    const bundle = await run.export();
    assert.deepEqual(
      bundle.decisions.map(({ source, verified }) => [source, verified?.state]),
      Array.from({ length: 4 }, () => ['signal', 'valid']),
    );
    assert.equal(bundle.decisions[0]?.envelope, first);
    assert.equal(bundle.run.status, 'completed');
    assert.equal((bundle.run.outcome as { outcome: string }).outcome, 'done');
    assert.equal(bundle.requests[0]?.evidence.title, view.evidence.title);
    assert.equal(bundle.requests[0]?.shown.at(-1)?.state, 'committed');
    assert.deepEqual(
      bundle.writes.map(({ activity, account, state }) => `${activity} ${account} ${state}`),
      ['prod-a', 'prod-b'].flatMap((one) => [`publishObject ${one} done`, `publishManifest ${one} done`]),
    );
    assert.equal(Object.keys(bundle.grants).length, 1);
    assert.deepEqual(await wrongsOf(bundle), []);
  });

  it('keeps junk that reached the run, which counted for nothing', async () => {
    const run = await start();
    const view = await run.shown();
    const good = await signed(claimsFor(view, sue));
    await run.send(null);
    await run.send({ envelope: 'x'.repeat(9_000) });
    await run.send({ envelope: 'no.signed.decision' });
    await run.send({ envelope: `${good.slice(0, -10)}AAAAAAAAAA` });
    await run.send({ envelope: good });
    await run.send({ envelope: good });
    const foreign = { metadata: { encoding: Buffer.from('json/x') }, data: Buffer.from('{') };
    await temporal.client.workflowService.signalWorkflowExecution({
      ...{ namespace: 'default', signalName: decide.name, input: { payloads: [foreign] } },
      workflowExecution: { workflowId: run.workflowId },
    });
    await run.say(view, dana);
    await run.handle.result();
    const bundle = await run.export();
    if (bundle.decisions[3]?.verified?.rule !== 'bad-signature')
      console.log(JSON.stringify(bundle.decisions), good);
    assert.deepEqual(
      bundle.decisions.map(({ envelope, verified }) => [
        envelope !== null,
        verified?.rule ?? verified?.state,
      ]),
      [
        ...[
          [false, undefined],
          [false, undefined],
          [true, 'malformed'],
          [true, 'bad-signature'],
        ],
        ...[
          [true, 'valid'],
          [true, 'valid'],
          [false, undefined],
          [true, 'valid'],
        ],
      ],
    );
    assert.deepEqual(await wrongsOf(bundle), []);
  });

  it('has what was answered on the ticket, once', async () => {
    const run = await start({}, (world, { jira }) => {
      jira.attestDecisions = async () => {
        const view = world.shown.at(-1);
        if (!view) return { envelopes: [], ignored: [] };
        const claims = claimsFor(view, { ...sue, via: 'jira', jti: `jira-${view.requestId}` });
        return { envelopes: [await signed(claims)], ignored: [{ commentId: 'c9', reason: 'edited' }] };
      };
    });
    await run.say(await run.shown(), dana);
    await run.handle.signal('ticketChanged', { deliveryId: 'd1', event: 'comment' });
    await run.handle.result();
    const bundle = await run.export();
    assert.deepEqual(
      bundle.decisions.map(({ source }) => source),
      ['signal', 'ticket'],
    );
    assert.deepEqual(
      bundle.ignored_comments.map(({ comment_id, reason }) => [comment_id, reason]),
      [['c9', 'edited']],
    );
    assert.ok(bundle.requests[0]?.shown.some(({ to }) => to === 'ticket'));
    assert.deepEqual(await wrongsOf(bundle), []);
  });

  it('tells of a rejection, which led to no write', async () => {
    const run = await start();
    await run.say(await run.shown(), { ...sue, verb: 'reject', reason: 'not today' });
    await run.handle.result();
    const bundle = await run.export();
    assert.equal(bundle.requests[0]?.shown.at(-1)?.state, 'rejected');
    assert.deepEqual(bundle.writes, []);
    assert.deepEqual(await wrongsOf(bundle), []);
  });

  it('has the exception from a freeze', async () => {
    const exception = sealed({ ...approval, name: 'exception', risk: 'high' as const });
    const run = await start(
      { freezes: true, exception, waves: [wave(['prod-a'])] },
      (world, { temporal }) => {
        world.holds = { open: false, holds: [hold] };
        temporal.openWave = async () => ({ open: true, openedAt: '2026-11-22T10:00:00.000Z' });
      },
    );
    const view = await run.shown();
    await run.say(view, dana);
    await run.say(view, sue);
    const asked = await waitForException(run);
    await run.say(asked, { ...dana, verb: 'override', reason: 'attack' });
    await run.say(asked, { ...sue, verb: 'override', reason: 'agreed' });
    await run.handle.result();
    const bundle = await run.export();
    assert.equal(bundle.requests.length, 2);
    assert.equal(bundle.waves[0]?.override_request_id, asked.requestId);
    assert.ok(bundle.writes.every(({ permission }) => permission.exception !== null));
    assert.deepEqual(await wrongsOf(bundle), []);
    const without = structuredClone(bundle);
    for (const write of without.writes) write.permission.exception = null;
    const [wrong] = await wrongsOf(without);
    assert.match(wrong?.found ?? '', /the exception from the freeze .* is missing/);
  });

  it('asks nobody for what is fully automatic', async () => {
    const run = await start({ approval: null });
    await run.handle.result();
    const bundle = await run.export();
    assert.deepEqual([bundle.requests.length, bundle.writes.length], [0, 4]);
    assert.deepEqual(await wrongsOf(bundle), []);
  });

  it('can be made while the run still waits', async () => {
    const run = await start();
    await run.say(await run.shown(), dana);
    await run.shown(({ decisions }) => decisions.length === 1);
    const bundle = await run.export();
    assert.deepEqual([bundle.run.status, bundle.run.closed_at, bundle.run.outcome], ['running', null, null]);
    assert.deepEqual(await wrongsOf(bundle), []);
    await run.handle.terminate();
    assert.equal((await run.export()).run.status, 'terminated');
  });

  it('is of the run that is named, and says that there is none', async () => {
    const run = await start({ approval: null });
    await run.handle.result();
    const { runId } = await run.handle.describe();
    assert.equal((await run.export(runId)).run.run_id, runId);
    const other = '00000000-0000-4000-8000-000000000000';
    await assert.rejects(run.export(other), { name: 'WorkflowNotFoundError' });
    await assert.rejects(run.export('latest'), /no id of a run/);
    await assert.rejects(exportRun(temporal, 'agent-promotion:main:1'), { name: 'WorkflowNotFoundError' });
  });

  /** Nobody is told of it before somebody has said something. */
  async function waitForException({ handle }: Awaited<ReturnType<typeof start>>) {
    await waitUntil('the freeze', 20_000, async () => {
      const { typedSearchAttributes } = await handle.describe();
      return typedSearchAttributes.get(attributes.waitingOn) === 'freeze' || undefined;
    });
    const views = await handle.query<readonly RequestView[], []>('requests');
    return views.at(-1) ?? assert.fail('no exception is asked for');
  }
});
