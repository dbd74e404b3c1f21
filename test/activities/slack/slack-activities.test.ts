import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createSlackActivities } from '../../../activities/slack/activities.ts';
import { type SlackClient } from '../../../activities/slack/client.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { viewOf } from './request-view.ts';

const view = viewOf();

describe('slack activities', () => {
  const ref = { channelId: 'C1', ts: '1.0' };
  const inputs = {
    postNotice: { key: 'k', channel: 'soc', title: 't', lines: [], links: [] },
    showRequest: { view, message: null },
    remind: { key: 'k', view, message: ref, to: 'dm', missed: 0 },
    tellRefusal: { key: 'k', view, principal: 'eve', text: 't' },
    tellPerson: { key: 'k', person: 'eve', title: 't', lines: [], links: [] },
  } as const;

  for (const name of Object.keys(inputs) as (keyof typeof inputs)[]) {
    const activity = (seen: unknown[] = []) => {
      const spy = async (input: { lookFirst?: boolean }) => (seen.push(input.lookFirst), ref);
      const activities = createSlackActivities({ [name]: spy } as unknown as SlackClient);
      return (input: unknown): Promise<unknown> => activities[name](input as never);
    };
    const logger = { logger: new DefaultLogger('ERROR') };

    it(`${name} looks first from its second attempt on`, async () => {
      const seen: unknown[] = [];
      for (const attempt of [1, 2])
        await new MockActivityEnvironment({ attempt }, logger).run(() => activity(seen)(inputs[name]));
      assert.deepEqual(seen, [false, true]);
    });

    it(`${name} names what is wrong with its input`, async () => {
      for (const input of [undefined, { ...inputs[name], key: '', view: { key: '' } }])
        await assertFails(() => activity()(input), 'InvalidInput');
    });
  }
});
