import assert from 'node:assert/strict';
import { DefaultPayloadConverter, type Payload } from '@temporalio/common';
import { payloadConverter, undecodable } from '../../worker/payload-converter.ts';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { line } from '../../workflows/promotion-queue/messages.ts';
import { agentPromotionId, noticeId } from '../../workflows/shared/names.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { createPromotionWorld, policy } from '../support/promotion-world.ts';
import { startQueue } from '../support/queue-world.ts';
import { registerStubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const bogus: Readonly<Record<string, Payload>> = {
  'a foreign encoding': { metadata: { encoding: bytes('binary/encrypted') }, data: bytes('?') },
  'no encoding': { metadata: {}, data: bytes('{}') },
  'no metadata': { data: bytes('{}') },
  'nothing at all': {},
  'broken JSON': { metadata: { encoding: bytes('json/plain') }, data: bytes('{"a":') },
  'bytes that are no text': { metadata: { encoding: bytes('json/plain') }, data: new Uint8Array([255, 254]) },
};

describe('payloadConverter', () => {
  for (const [what, payload] of Object.entries(bogus))
    it(`turns ${what} into a sentinel`, () =>
      assert.equal(payloadConverter.fromPayload(payload), undecodable));

  for (const value of [{ a: [1, null, 'ä'] }, 'x', 0, null, undefined, true])
    it(`carries ${JSON.stringify(value)} there and back as Temporal's own does`, () => {
      const payload = payloadConverter.toPayload(value);
      assert.deepEqual(payload, new DefaultPayloadConverter().toPayload(value));
      assert.deepEqual(payloadConverter.fromPayload(payload), value);
    });
});

describe('a signal that nobody can decode', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  /** Past the client's own converter, as any program with access to the namespace could. */
  async function signalRaw(workflowId: string, signalName: string) {
    for (const payload of Object.values(bogus))
      await temporal.client.connection.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId },
        signalName,
        input: { payloads: [payload] },
      });
  }

  it('does not stop the queue', async () => {
    const world = await startQueue(temporal);
    const { queue } = world;
    await signalRaw(queue.workflowId, 'release');
    await signalRaw(queue.workflowId, 'noSuchSignal');
    assert.deepEqual((await queue.query(line)).waiting, []);
    await world.stop();
  });

  it('does not stop a notice', async () => {
    const { world, stubs } = createPromotionWorld();
    const workflowId = noticeId('agent-promotion:main:1/0/notice');
    registerStubs(workflowId, stubs);
    world.on['postNotice'] = async () => {
      world.on['postNotice'] = undefined;
      await signalRaw(workflowId, 'resume');
      throw createFailure('CredentialRejected', 'token_revoked');
    };
    const args = [{ key: 'k', channels: ['soc'], title: 't', lines: [], links: [] }];
    const options = { workflowId, taskQueue: testQueue, args };
    await temporal.track(await temporal.client.workflow.start('deliverNotice', options)).result();
    assert.equal(world.notices.length, 1);
  });

  it('does not stop a promotion, which counts what it ignored', async () => {
    const { world, stubs } = createPromotionWorld();
    const workflowId = agentPromotionId('main', '10001');
    registerStubs(workflowId, stubs);
    const signals = ['ticketChanged', 'pipelineChanged', 'turnGranted', 'placeChanged', 'resume'];
    world.on['joinQueue'] = async () => {
      for (const name of signals) await signalRaw(workflowId, name);
    };
    const options = { workflowId, taskQueue: testQueue, args: [{ site: 'main', issueId: '10001', policy }] };
    const handle = temporal.track(await temporal.client.workflow.start('agentPromotion', options));
    assert.equal((await handle.result()).outcome, 'done');
    const ignored = (signals.length - 1) * Object.keys(bogus).length;
    assert.equal((await handle.query(status)).ignored, ignored);
  });
});
