import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { type SlackClient } from '../../../activities/slack/client.ts';
import { createSlackWeb } from '../../../activities/slack/web.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback } from '../../support/loopback.ts';
import { policy, viewOf } from './request-view.ts';
import {
  bodyOf,
  call,
  first,
  found,
  message,
  ok,
  opened,
  posted,
  refused,
  remind,
  requestKey,
  routesOf,
  slackAt,
  view,
} from './slack-calls.ts';

describe('slack requests', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  describe('showRequest', () => {
    it('posts to the policy’s channel, with the key of the request', () =>
      withLoopback([posted()], async (url, seen) => {
        const shown = await slackAt(url).showRequest({ view, message: null, ...first });
        assert.deepEqual(shown, { channelId: 'C1', ts: '5.0' });
        const { channel, metadata, blocks = '', text = '' } = bodyOf(seen[0]);
        assert.equal(channel, 'C1');
        assert.deepEqual(JSON.parse(String(metadata)).event_payload, { key: requestKey });
        assert.match(blocks, /lk_approve/);
        assert.match(text, /^Publish agent 1\.4\.2/);
      }));

    it('updates in place, and takes the buttons away at the end', () =>
      withLoopback([ok('chat.update', { channel: 'C1', ts: '1.0' })], async (url, seen) => {
        const shown = await slackAt(url).showRequest({ view: viewOf({ state: 'rejected' }), message });
        assert.deepEqual(shown, message);
        const { ts, blocks = '', metadata } = bodyOf(seen[0]);
        assert.equal(ts, '1.0');
        assert.doesNotMatch(blocks, /"actions"/);
        assert.match(String(metadata), /production/);
      }));

    it('posts one message when the answer is lost, and shows the last state in it', () =>
      withLoopback(
        [
          call('chat.postMessage', 'lost'),
          ok('conversations.history', found(requestKey)),
          ok('chat.update', { channel: 'C1', ts: '4.0' }),
        ],
        async (url) => {
          const slack = slackAt(url);
          await assertFails(() => slack.showRequest({ view, message: null, ...first }), 'Unavailable');
          assert.deepEqual(await slack.showRequest({ view, message: null }), { channelId: 'C1', ts: '4.0' });
        },
      ));

    for (const error of ['message_not_found', 'cant_update_message', 'edit_window_closed'])
      it(`posts anew after ${error}`, () =>
        withLoopback([call('chat.update', refused(error)), posted()], async (url) => {
          const shown = await slackAt(url).showRequest({ view, message, ...first });
          assert.deepEqual(shown, { channelId: 'C1', ts: '5.0' });
        }));

    it('posts anew once, when the answer to that is lost', () =>
      withLoopback(
        [
          call('chat.update', refused('message_not_found')),
          call('chat.postMessage', 'lost'),
          call('chat.update', refused('message_not_found')),
          ok('conversations.history', found(requestKey, '6.0')),
          ok('chat.update', { channel: 'C1', ts: '6.0' }),
        ],
        async (url) => {
          const slack = slackAt(url);
          await assertFails(() => slack.showRequest({ view, message, ...first }), 'Unavailable');
          assert.deepEqual(await slack.showRequest({ view, message }), { channelId: 'C1', ts: '6.0' });
        },
      ));

    it('names the channels it knows', () =>
      assertFails(
        () =>
          slackAt('http://127.0.0.1:9').showRequest({
            view: viewOf({ policy: { ...policy, channel: 'x' } }),
            message,
          }),
        'InvalidInput',
      ));
  });

  describe('tellRefusal', () => {
    const refusal = {
      key: 'k/refused-1',
      view,
      principal: 'eve',
      text: 'only members of <devops> may decide here',
    };

    it('tells one person in the channel', () =>
      withLoopback([ok('chat.postEphemeral', { message_ts: '2.0' })], async (url, seen) => {
        await slackAt(url).tellRefusal(refusal);
        const { channel, user, text = '' } = bodyOf(seen[0]);
        assert.deepEqual([channel, user], ['C1', 'UEVE']);
        assert.match(text, /only members of &lt;devops&gt; may decide here/);
      }));

    it('writes directly to somebody who is not in the channel, once', () =>
      withLoopback(
        [
          ...[
            call('chat.postEphemeral', refused('user_not_in_channel')),
            opened('DEVE'),
            call('chat.postMessage', 'lost'),
          ],
          call('chat.postEphemeral', refused('user_not_in_channel')),
          ok('conversations.history', found(refusal.key)),
        ],
        async (url) => {
          const slack = slackAt(url);
          await assertFails(() => slack.tellRefusal({ ...refusal, ...first }), 'Unavailable');
          await slack.tellRefusal(refusal);
        },
      ));

    it('skips who has no Slack id', () =>
      withLoopback([], (url) => slackAt(url).tellRefusal({ ...refusal, principal: 'jira:1' })));
  });

  describe('tellPerson', () => {
    const personal = { key: 'k/told', person: 'eve', title: 'Approved', lines: ['by dana'], links: [] };

    it('writes directly, once', () =>
      withLoopback(
        [opened('DEVE'), call('chat.postMessage', 'lost'), ok('conversations.history', found(personal.key))],
        async (url, seen) => {
          const slack = slackAt(url);
          await assertFails(() => slack.tellPerson({ ...personal, ...first }), 'Unavailable');
          assert.deepEqual(await slack.tellPerson(personal), { told: true });
          assert.equal(bodyOf(seen[1])['text'], '*Approved*\nby dana');
        },
      ));

    it('says when somebody cannot be told', () =>
      withLoopback([call('conversations.open', refused('user_not_found'))], async (url) => {
        assert.deepEqual(await slackAt(url).tellPerson(personal), { told: false });
        assert.deepEqual(await slackAt(url).tellPerson({ ...personal, person: 'jira:1' }), { told: false });
      }));
  });

  const verbs: [string, string, (slack: SlackClient) => Promise<unknown>][] = [
    ['showing', 'chat.update', (slack) => slack.showRequest({ view, message, ...first })],
    ['reminding', 'chat.postMessage', (slack) => slack.remind({ ...remind, to: 'thread', ...first })],
    ['looking for replies', 'conversations.replies', (slack) => slack.remind({ ...remind, to: 'thread' })],
    ['linking', 'chat.getPermalink', (slack) => slack.remind({ ...remind, to: 'dm', ...first })],
    [
      'opening',
      'conversations.open',
      (slack) => slack.tellPerson({ key: 'k', person: 'eve', title: 't', lines: [], links: [] }),
    ],
    [
      'refusing',
      'chat.postEphemeral',
      (slack) => slack.tellRefusal({ key: 'k', view, principal: 'eve', text: 't' }),
    ],
  ];
  for (const [name, method, run] of verbs)
    for (const [failure, respond, type] of vendorFailures)
      it(`${name} meets ${failure}: ${type}, in one request`, () =>
        withLoopback([call(method, respond)], async (url, seen) => {
          await assertFails(() => run(slackAt(url)), type, respond);
          assert.deepEqual(routesOf(seen), [method]);
        }));

  it('reads the members of a user group', () =>
    withLoopback([ok('usergroups.users.list', { users: ['USUE'] })], async (url, seen) => {
      const web = createSlackWeb({ token: 'xoxb-canary', slackApiUrl: `${url}/api/` });
      assert.deepEqual(await web.usersOfGroup('S1'), ['USUE']);
      assert.equal(bodyOf(seen[0])['usergroup'], 'S1');
    }));
});
