import assert from 'node:assert/strict';
import { resumeNotice, type Notice } from '../../workflows/notices/messages.ts';
import type { deliverNotice } from '../../workflows/notices/workflow.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { noticeId } from '../../workflows/shared/names.ts';
import { createPromotionWorld, type PromotionWorld } from '../support/promotion-world.ts';
import { registerStubs, type Stubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('deliverNotice', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let count = 0;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  async function start(prepare: (stubs: Stubs, world: PromotionWorld) => void = () => {}) {
    const notice: Notice = {
      key: `agent-promotion:main:${(count += 1)}/0/notice`,
      channels: ['soc', 'devops'],
      title: 'Promotion failed',
      lines: ['Step: *x*', '<!channel>'],
      links: [{ label: 'Run', href: 'http://ui.example/run' }],
    };
    const { world, stubs } = createPromotionWorld();
    prepare(stubs, world);
    const workflowId = noticeId(notice.key);
    registerStubs(workflowId, stubs);
    const options = { workflowId, taskQueue: testQueue, args: [notice] as [Notice] };
    const handle = await temporal.client.workflow.start<typeof deliverNotice>('deliverNotice', options);
    return { world, notice, handle: temporal.track(handle) };
  }

  const channelsOf = (world: PromotionWorld) => world.notices.map((notice) => notice.channel);

  it('tells every channel, each under a key of its own, and passes the text on as it is', async () => {
    const posted: unknown[] = [];
    const { handle, notice } = await start((stubs) => {
      stubs.slack.postNotice = async (input) => {
        posted.push(input);
        return { channelId: 'C1', ts: '1.0', posted: true };
      };
    });
    await handle.result();
    const { title, lines, links, key } = notice;
    const expected = ['soc', 'devops'].map((channel) => ({
      channel,
      key: `${key}-${channel}`,
      title,
      lines,
      links,
    }));
    assert.deepEqual(posted, expected);
  });

  it('waits while Slack is down, however long', async () => {
    let tries = 0;
    const { handle, world } = await start((_, world) => {
      world.on['postNotice'] = () => {
        if ((tries += 1) < 30) throw createFailure('Unavailable', '503');
      };
    });
    await handle.result();
    assert.deepEqual([tries, channelsOf(world)], [31, ['soc', 'devops']]);
  });

  it('shows that Slack is unavailable after a quarter of an hour', async () => {
    const { handle, world } = await start((_, world) => {
      world.on['postNotice'] = () => {
        throw createFailure('Unavailable', '503');
      };
    });
    await temporal.env.sleep('16m');
    const { typedSearchAttributes } = await handle.describe();
    assert.deepEqual(
      typedSearchAttributes
        .getAll()
        .filter(({ key }) => key.name === 'LkWaitingOn')
        .map(({ value }) => value),
      ['slack:Unavailable'],
    );
    world.on['postNotice'] = undefined;
    await handle.result();
  });

  for (const type of ['CredentialRejected', 'Unknown'] as const)
    it(`parks on ${type} and goes on when told to, whatever else it is told`, async () => {
      const { handle, world } = await start((_, world) => {
        world.on['postNotice'] = () => {
          world.on['postNotice'] = undefined;
          throw Object.assign(createFailure(type, 'why'), { nonRetryable: true });
        };
      });
      await temporal.env.sleep('1m');
      for (const payload of [undefined, null, 7, [], 'y'.repeat(1_000_000)])
        await handle.signal('noSuchSignal', payload);
      assert.deepEqual(channelsOf(world), []);
      await handle.signal(resumeNotice, null);
      await temporal.env.sleep('1m');
      assert.deepEqual(channelsOf(world), ['soc', 'devops']);
      await handle.result();
    });

  it('tells the other channels when one refuses, and then fails with the reason', async () => {
    const { handle, world } = await start((_, world) => {
      world.on['postNotice'] = (channel: string) => {
        if (channel === 'soc') throw createFailure('NotFound', 'channel_not_found');
      };
    });
    await assert.rejects(handle.result(), (error: Error) => /channel_not_found/.test(deepest(error).message));
    assert.deepEqual(channelsOf(world), ['devops']);
  });

  function deepest(error: Error): Error {
    return error.cause instanceof Error ? deepest(error.cause) : error;
  }

  it('ends when it is cancelled, without a word more', async () => {
    const { handle, world } = await start((_, world) => {
      world.on['postNotice'] = () => {
        throw createFailure('Unavailable', '503');
      };
    });
    await temporal.env.sleep('1m');
    await handle.cancel();
    await assert.rejects(handle.result(), /cancel/i);
    assert.deepEqual(channelsOf(world), []);
  });
});
