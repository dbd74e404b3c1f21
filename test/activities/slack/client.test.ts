import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createSlackClient } from '../../../activities/slack/client.ts';
import { createSlackWeb } from '../../../activities/slack/web.ts';
import type { FailureType } from '../../../workflows/shared/failures.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';

const notice = {
  key: 'agent-promotion:acme:10024/7/notify/soc',
  channel: 'soc',
  title: 'Promotion failed',
  lines: ['step: verify'],
  links: [{ label: 'DEVOPS-24', href: 'https://acme.test/browse/DEVOPS-24' }],
};
const people = { slackIdOf: () => undefined, membersOf: async () => [], onCall: () => 'dev' };
const slackAt = (url: string) => {
  const web = createSlackWeb({ token: 'xoxb-canary', slackApiUrl: `${url}/api/`, timeoutMs: 150 });
  return createSlackClient({ web, channels: { soc: 'C1' }, people });
};
const post = (respond: Respond): Expected => ({ method: 'POST', path: '/api/chat.postMessage', respond });
const posted = post({ body: { ok: true, channel: 'C1', ts: '1.2' } });

function history(messages: object[], next_cursor = ''): Expected {
  const body = { ok: true, messages, response_metadata: { next_cursor } };
  return { method: 'POST', path: '/api/conversations.history', respond: { body } };
}
const ours = { ts: '1.2', metadata: { event_type: 'lockkeeper', event_payload: { key: notice.key } } };
const others = [
  { ts: '1.0' },
  { ts: '1.1', metadata: { event_type: 'other', event_payload: { key: notice.key } } },
  { ts: '1.3', metadata: { event_type: 'lockkeeper', event_payload: { key: 'other' } } },
];

describe('slack client', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('posts with the key in the metadata and unfurls nothing', () =>
    withLoopback([posted], async (url, seen) => {
      const answer = await slackAt(url).postNotice({ ...notice, lookFirst: false });
      assert.deepEqual(answer, { channelId: 'C1', ts: '1.2', posted: true });
      const { text, metadata, ...rest } = seen[0]?.body as Record<string, string>;
      assert.equal(text, '*Promotion failed*\nstep: verify\n<https://acme.test/browse/DEVOPS-24|DEVOPS-24>');
      assert.deepEqual(JSON.parse(String(metadata)), ours.metadata);
      const quiet = {
        mrkdwn: 'true',
        parse: 'none',
        link_names: 'false',
        unfurl_links: 'false',
        unfurl_media: 'false',
      };
      assert.deepEqual(rest, { channel: 'C1', ...quiet });
    }));

  it('posts one message when the answer is lost', () =>
    withLoopback([post('lost'), history(others, 'older'), history([ours])], async (url, seen) => {
      const slack = slackAt(url);
      await assertFails(() => slack.postNotice({ ...notice, lookFirst: false }), 'Unavailable');
      const found = await slack.postNotice({ ...notice, lookFirst: true });
      assert.deepEqual(found, { channelId: 'C1', ts: '1.2', posted: false });
      const { include_all_metadata, cursor } = seen[2]?.body as Record<string, string>;
      assert.deepEqual([include_all_metadata, cursor], ['true', 'older']);
    }));

  it('posts when the look finds only other messages', () =>
    withLoopback([history(others), posted], async (url) =>
      assert.equal((await slackAt(url).postNotice(notice)).posted, true),
    ));

  for (const [name, respond, type] of vendorFailures) {
    it(`posting meets ${name}: ${type}, in one request`, () =>
      withLoopback([post(respond)], async (url) => {
        await assertFails(() => slackAt(url).postNotice({ ...notice, lookFirst: false }), type, respond);
      }));
    it(`looking meets ${name}: ${type}, and posts nothing`, () =>
      withLoopback([{ ...history([]), respond }], async (url) => {
        await assertFails(() => slackAt(url).postNotice(notice), type, respond);
      }));
  }

  const refusals: [string, FailureType][] = [
    ['invalid_auth', 'CredentialRejected'],
    ['missing_scope', 'PermissionDenied'],
    ['channel_not_found', 'NotFound'],
    ['is_archived', 'Conflict'],
    ['msg_too_long', 'InvalidInput'],
    ['internal_error', 'Unavailable'],
    ['ratelimited', 'RateLimited'],
    ['a_new_word', 'Unknown'],
  ];
  for (const [error, type] of refusals)
    it(`200 with ${error} is ${type}`, () =>
      withLoopback([post({ body: { ok: false, error } })], async (url) => {
        const failure = await assertFails(
          () => slackAt(url).postNotice({ ...notice, lookFirst: false }),
          type,
        );
        assert.match(failure.message, new RegExp(error));
      }));

  it('names the channels it knows', () =>
    assertFails(
      () => slackAt('http://127.0.0.1:9').postNotice({ ...notice, channel: '__proto__' }),
      'InvalidInput',
    ).then(({ message }) => assert.match(message, /channels: soc$/)));
});
