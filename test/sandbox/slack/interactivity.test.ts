import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BlockAction, ButtonAction } from '@slack/bolt';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { specsDirOrSkip } from '../../support/contract-judge.ts';
import { button, startSlackSite, withButtons, type SlackSite } from './slack-site.ts';

describe('Slack stand-in: buttons, through real Bolt', () => {
  let site: SlackSite;
  let ts: string;
  let seen: BlockAction<ButtonAction>[];

  beforeEach(async () => {
    site = await startSlackSite({ answerWithinMs: 300 });
    seen = [];
    ts = await post(button('lk_approve', 'a', 'Approve'), button('lk_reject', 'r', 'Reject'));
  });
  afterEach(() => site.stop());

  async function post(...elements: object[]): Promise<string> {
    const blocks = withButtons(...elements) as never;
    const answer = await site.slack.chat.postMessage({ channel: 'C0APPROVALS', text: 'DEVOPS-7', blocks });
    return answer.ts ?? assert.fail();
  }
  const click = (as: string, actionId: string, more: object = {}) =>
    site.click({ as, channel: 'C0APPROVALS', ts, actionId, ...more });
  function listen(answer?: () => Promise<void>) {
    site.app.action<BlockAction<ButtonAction>>(/^lk_/, async ({ body, ack }) => {
      seen.push(body);
      await (answer ?? ack)();
    });
  }

  it('sends a signed click that Bolt takes, and says what Bolt answered', async () => {
    listen();
    const answer = await click('sue', 'lk_approve');
    assert.deepEqual([answer.status, answer.body, answer.error], [200, '', undefined]);
    const [body] = seen;
    assert.equal(body?.user.id, site.person('sue').slack.userId);
    assert.deepEqual([body?.channel?.name, body?.message?.ts], ['approvals', ts]);
    const { action_id: action, block_id: block, value } = body?.actions[0] ?? {};
    assert.deepEqual([action, block, value], ['lk_approve', 'decide', 'a']);
  });

  it('holds every key of Slack’s own example', async function () {
    const directory = specsDirOrSkip(this);
    listen();
    await click('sue', 'lk_reject');
    const text = readFileSync(path.join(directory, 'examples/slack.block_actions.json'), 'utf8');
    assert.deepEqual(lacking(JSON.parse(text) as object, seen[0] ?? {}), []);
  });

  it('lets the app update the message and answer the person by response_url', async () => {
    site.app.action('lk_approve', async ({ ack, respond, client, body }) => {
      await ack();
      const text = `approved by <@${body.user.id}>`;
      await client.chat.update({ channel: 'C0APPROVALS', ts, text, blocks: [] });
      await respond({ response_type: 'ephemeral', replace_original: false, text: 'counted' });
    });
    await click('sue', 'lk_approve');
    const messages = await waitUntil('both messages', 5_000, async () => {
      const shown = await site.messages('approvals');
      return shown.length === 2 ? shown : undefined;
    });
    const { userId } = site.person('sue').slack;
    assert.deepEqual(
      messages.map((message) => [message.text, message.ephemeral_to]),
      [
        [`approved by <@${userId}>`, undefined],
        ['counted', userId],
      ],
    );
    assert.equal((await click('sue', 'lk_approve')).error, 'action_not_found');
  });

  it('tells the clicker of a time-out, and never repeats the click', async () => {
    listen(() => Promise.resolve());
    const answer = await click('sue', 'lk_approve');
    assert.deepEqual([answer.status, answer.error], [0, 'operation_timeout']);
    assert.equal((await site.deliveries()).length, 1);
  });

  it('tells the clicker of an app that fails, and of one that is not there', async () => {
    listen(() => Promise.reject(new Error('no')));
    assert.equal((await click('sue', 'lk_approve')).error, 'dispatch_failed');
    const alone = await startSlackSite({ requestUrl: 'http://127.0.0.1:9/slack/events' });
    const { ts: other = '' } = await alone.slack.chat.postMessage({
      ...{ channel: 'C0SOC', text: 'x', blocks: withButtons(button('b', '1')) },
    });
    const answer = await alone.click({ as: 'sue', channel: 'C0SOC', ts: other, actionId: 'b' });
    assert.deepEqual([answer.status, answer.error], [0, 'dispatch_failed']);
    await alone.stop();
  });

  const impossible: [name: string, error: string, act: object][] = [
    ['a button that is not there', 'action_not_found', { actionId: 'lk_none' }],
    ['a value that no button has', 'action_not_found', { value: 'x' }],
    ['another block’s button', 'action_not_found', { blockId: 'other' }],
    ['an unknown message', 'message_not_found', { ts: '1.000000' }],
    ['an unknown channel', 'channel_not_found', { channel: 'C0NONE' }],
    ['an unknown person', 'user_not_found', { as: 'nobody' }],
  ];
  for (const [name, error, act] of impossible)
    it(`sends no click on ${name}: ${error}`, async () => {
      listen();
      assert.equal((await click('sue', 'lk_approve', act)).error, error);
      assert.deepEqual(await site.deliveries(), []);
    });

  it('shows an ephemeral message’s button to its person only, and names that message only', async () => {
    listen();
    const blocks = withButtons(button('lk_info', '1')) as never;
    const user = site.person('sid').slack.userId;
    const { message_ts: only = '' } = await site.slack.chat.postEphemeral({
      ...{ channel: 'C0APPROVALS', user, text: 'for sid', blocks },
    });
    assert.equal((await click('sue', 'lk_info', { ts: only })).error, 'message_not_found');
    assert.equal((await click('sid', 'lk_info', { ts: only })).status, 200);
    assert.equal(seen[0]?.message, undefined);
    assert.equal(seen[0]?.container['is_ephemeral'], true);
  });

  it('picks among equal action ids by value, and reads menus', async () => {
    listen();
    ts = await post(button('lk_approve', 'one'), { ...menu, action_id: 'lk_menu' });
    assert.equal((await click('sue', 'lk_approve', { value: 'one' })).status, 200);
    assert.equal((await click('sue', 'lk_menu', { value: '2' })).status, 200);
    assert.equal(Reflect.get(seen[1]?.actions[0] ?? {}, 'selected_option').value, '2');
  });
});

const option = (value: string) => ({ value, text: { type: 'plain_text', text: value } });
const menu = { type: 'static_select', options: [option('1'), option('2')] };

function lacking(example: object, answer: object): string[] {
  return Object.keys(example).filter((key) => !Object.hasOwn(answer, key));
}
