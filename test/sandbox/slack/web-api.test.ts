import assert from 'node:assert/strict';
import { LogLevel, WebClient } from '@slack/web-api';
import { createSlackVendor } from '../../../sandbox/slack/slack-vendor.ts';
import { startFront, type Front } from '../../../sandbox/shared/front.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';

const botToken = 'xoxb-sandbox';
const people = createPeople();
const sam = people.find(({ name }) => name === 'sam') ?? assert.fail();
const metadata = { event_type: 'lockkeeper_request', event_payload: { request: 'SEC-1/1' } };

describe('Slack stand-in, through the real client', () => {
  let front: Front;
  let slack: WebClient;
  const clientWith = (token?: string) =>
    new WebClient(token, {
      slackApiUrl: `${front.url}/api/`,
      retryConfig: { retries: 0 },
      logLevel: LogLevel.ERROR,
    });

  beforeEach(async () => {
    front = await startFront(createSlackVendor({ people, botToken }), { token: 'control' });
    slack = clientWith(botToken);
  });
  afterEach(() => front.stop());

  const post = (text: string, more = {}) => slack.chat.postMessage({ channel: 'C0SOC', text, ...more });
  async function control(verb: string, body: object = {}): Promise<unknown> {
    const headers = { 'x-sandbox-token': 'control', 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${front.url}/_sandbox/${verb}`, init)).json();
  }

  it('says who the token is', async () => {
    const { user, bot_id: bot, url } = await slack.auth.test();
    assert.deepEqual({ user, bot, url }, { user: 'lockkeeper', bot: 'B0LOCKKEEPER', url: `${front.url}/` });
  });

  it('posts with blocks and metadata, and finds the message by them', async () => {
    const blocks = [{ type: 'section', block_id: 'b0', text: { type: 'mrkdwn', text: '*SEC-1*' } }];
    const { ts, message } = await post('SEC-1', { blocks, metadata });
    assert.deepEqual(message?.blocks, blocks);
    const { messages } = await slack.conversations.history({ channel: 'C0SOC', include_all_metadata: true });
    assert.equal(messages?.[0]?.ts, ts);
    assert.deepEqual(messages?.[0]?.metadata, metadata);
    const plain = await slack.conversations.history({ channel: 'C0SOC' });
    assert.equal(plain.messages?.[0]?.metadata, undefined);
  });

  it('gives unique, rising ts values within one millisecond', async () => {
    const posted = await Promise.all(Array.from({ length: 20 }, (_, index) => post(`notice ${index}`)));
    const ts = posted.map((answer) => answer.ts ?? '');
    assert.equal(new Set(ts).size, 20);
    assert.ok(ts.every((value) => /^\d{10}\.\d{6}$/.test(value)));
  });

  it('updates in place and keeps what is not given', async () => {
    const { ts = '' } = await post('1 of 2', { metadata });
    await slack.chat.update({ channel: 'C0SOC', ts, text: '2 of 2' });
    const { messages } = await slack.conversations.history({ channel: '#soc', include_all_metadata: true });
    assert.equal(messages?.length, 1);
    assert.equal(messages[0]?.text, '2 of 2');
    assert.equal(messages[0]?.edited?.user, 'B0LOCKKEEPER');
    assert.deepEqual(messages[0]?.metadata, metadata);
  });

  it('pages a history newest first, undisturbed by newer messages', async () => {
    for (const text of ['a', 'b', 'c']) await post(text);
    const first = await slack.conversations.history({ channel: 'C0SOC', limit: 2 });
    await post('d');
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await slack.conversations.history({ channel: 'C0SOC', limit: 2, cursor });
    assert.deepEqual(texts(first), ['c', 'b']);
    assert.equal(first.has_more, true);
    assert.deepEqual(texts(second), ['a']);
    assert.equal(second.response_metadata?.next_cursor, '');
  });

  it('bounds a history by oldest and latest, themselves only with inclusive', async () => {
    const ts: string[] = [];
    for (const text of ['a', 'b', 'c']) ts.push((await post(text)).ts ?? '');
    const range = { channel: 'C0SOC', oldest: ts[0] ?? '', latest: ts[2] ?? '' };
    assert.deepEqual(texts(await slack.conversations.history(range)), ['b']);
    assert.deepEqual(texts(await slack.conversations.history({ ...range, inclusive: true })), [
      'c',
      'b',
      'a',
    ]);
  });

  it('keeps ephemeral messages and replies out of the history, and in the control', async () => {
    const { ts = '' } = await post('request');
    await post('reply', { thread_ts: ts });
    await slack.chat.postEphemeral({
      channel: 'C0SOC',
      user: sam.slack.userId,
      text: 'refused: self-approval',
    });
    assert.deepEqual(texts(await slack.conversations.history({ channel: 'C0SOC' })), ['request']);
    const all = (await control('messages', { channel: 'C0SOC' })) as {
      text: string;
      ephemeral_to?: string;
    }[];
    assert.deepEqual(
      all.map((message) => [message.text, message.ephemeral_to]),
      [
        ['request', undefined],
        ['reply', undefined],
        ['refused: self-approval', sam.slack.userId],
      ],
    );
  });

  it('gives a permalink to a message', async () => {
    const { ts = '' } = await post('request');
    const { permalink } = await slack.chat.getPermalink({ channel: 'C0SOC', message_ts: ts });
    assert.equal(permalink, `${front.url}/archives/C0SOC/p${ts.replace('.', '')}`);
  });

  it('lists channels and people, and finds one of each', async () => {
    const { channels } = await slack.conversations.list({ limit: 1 });
    assert.deepEqual([channels?.length, channels?.[0]?.name], [1, 'soc']);
    assert.equal((await slack.conversations.info({ channel: 'C0DEVOPS' })).channel?.name, 'devops');
    assert.equal((await slack.users.list({})).members?.length, people.length + 1);
    assert.equal((await slack.users.info({ user: sam.slack.userId })).user?.real_name, sam.displayName);
    const { user } = await slack.users.lookupByEmail({ email: sam.email.toUpperCase() });
    assert.equal(user?.id, sam.slack.userId);
  });

  it('reads JSON bodies as well as forms', async () => {
    const headers = { authorization: `Bearer ${botToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ channel: 'C0SOC', text: 'json', metadata });
    const response = await fetch(`${front.url}/api/chat.postMessage`, { method: 'POST', headers, body });
    assert.equal(((await response.json()) as { ok: boolean }).ok, true);
    assert.equal(front.requests.at(-1)?.actor, 'lockkeeper');
  });

  it('forgets its messages on reset and takes seeded ones of people', async () => {
    await post('before');
    const headers = { 'x-sandbox-token': 'control' };
    await fetch(`${front.url}/_sandbox/reset`, { method: 'POST', headers });
    await control('seed', { messages: [{ channel: 'C0SOC', user: sam.slack.userId, text: 'hello' }] });
    const [message] = (await slack.conversations.history({ channel: 'C0SOC' })).messages ?? [];
    assert.deepEqual([message?.text, message?.bot_id], ['hello', undefined]);
    const ts = message?.ts ?? '';
    await assert.rejects(slack.chat.update({ channel: 'C0SOC', ts, text: 'x' }), /cant_update_message/);
  });

  const refused: [code: string, call: () => Promise<unknown>][] = [
    ['not_authed', () => clientWith().auth.test()],
    ['invalid_auth', () => clientWith('xoxb-other').auth.test()],
    ['unknown_method', () => slack.apiCall('views.nothing')],
    ['channel_not_found', () => slack.chat.postMessage({ channel: 'C0NONE', text: 'x' })],
    ['channel_not_found', () => slack.conversations.history({ channel: 'C0NONE' })],
    ['no_text', () => slack.chat.postMessage({ channel: 'C0SOC', text: '' })],
    ['msg_too_long', () => post('x'.repeat(40_001))],
    ['invalid_blocks', () => post('x', { blocks: '{' })],
    ['invalid_metadata_format', () => post('x', { metadata: { event_type: 'x' } })],
    ['message_not_found', () => slack.chat.update({ channel: 'C0SOC', ts: '1.000000', text: 'x' })],
    ['message_not_found', () => slack.chat.getPermalink({ channel: 'C0SOC', message_ts: '1.000000' })],
    ['user_not_in_channel', () => slack.chat.postEphemeral({ channel: 'C0SOC', user: 'U0NONE', text: 'x' })],
    ['user_not_found', () => slack.users.info({ user: 'U0NONE' })],
    ['users_not_found', () => slack.users.lookupByEmail({ email: 'nobody@example.com' })],
    ['invalid_cursor', () => slack.conversations.list({ cursor: 'bm9uZQ==' })],
    ['invalid_limit', () => slack.conversations.list({ limit: -1 })],
  ];
  for (const [index, [code, call]] of refused.entries()) {
    it(`refuses with ${code} (${index + 1})`, async () => {
      await assert.rejects(call(), { message: `An API error occurred: ${code}` });
    });
  }

  it('lets a rate limit of the control surface through to the client', async () => {
    await control('faults', { mode: 'status', status: 429, headers: { 'retry-after': '30' } });
    const strict = new WebClient(botToken, {
      slackApiUrl: `${front.url}/api/`,
      rejectRateLimitedCalls: true,
    });
    await assert.rejects(strict.auth.test(), { retryAfter: 30 });
  });
});

function texts(answer: { messages?: { text?: string }[] }): (string | undefined)[] {
  return (answer.messages ?? []).map(({ text }) => text);
}
