import assert from 'node:assert/strict';
import { button, startSlackSite, withButtons, type SlackSite } from './slack-site.ts';

describe('Slack stand-in: people, groups, direct messages and threads, through the real client', () => {
  let site: SlackSite;
  beforeEach(async () => {
    site = await startSlackSite();
  });
  afterEach(() => site.stop());

  const idOf = (name: string) => site.person(name).slack.userId;
  const seed = (fixtures: object) => site.control.post<{ users: { id: string }[] }>('seed', fixtures);

  it('knows guests, bots, people of other teams and those who left', async () => {
    const { users } = await seed({
      users: [
        { name: 'eve', is_restricted: true },
        { name: 'gus', is_ultra_restricted: true, profile: { email: 'gus@example.com' } },
        { name: 'robot', is_bot: true },
        { name: 'fay', id: 'U0FAY', team_id: 'T0OTHER' },
        { name: 'sid', deleted: true },
      ],
    });
    const shown = await Promise.all(
      users.map(async ({ id }) => (await site.slack.users.info({ user: id })).user),
    );
    const flags = shown.map((user) => [
      ...[user?.name, user?.is_restricted, user?.is_ultra_restricted, user?.is_bot, user?.deleted],
      user?.team_id,
    ]);
    assert.deepEqual(flags, [
      ['eve', true, false, false, false, 'T0SANDBOX'],
      ['gus', false, true, false, false, 'T0SANDBOX'],
      ['robot', false, false, true, false, 'T0SANDBOX'],
      ['fay', false, false, false, false, 'T0OTHER'],
      ['sid', false, false, false, true, 'T0SANDBOX'],
    ]);
    assert.equal(users[0]?.id, idOf('eve'));
    await assert.rejects(
      site.slack.users.lookupByEmail({ email: site.person('sid').email }),
      /users_not_found/,
    );
  });

  it('names a foreign person’s own team in a payload', async () => {
    await seed({ users: [{ name: 'fay', team_id: 'T0OTHER' }] });
    site.app.action('go', async ({ ack }) => ack());
    const blocks = withButtons(button('go', '1')) as never;
    const { ts } = await site.slack.chat.postMessage({ channel: 'C0SOC', text: 'x', blocks });
    await site.click({ as: 'fay', channel: 'C0SOC', ts, actionId: 'go' });
    const sent = new URLSearchParams((await site.deliveries())[0]?.body).get('payload') ?? '';
    const { user, team } = JSON.parse(sent) as { user: { team_id: string }; team: { id: string } };
    assert.deepEqual([user.team_id, team.id], ['T0OTHER', 'T0SANDBOX']);
  });

  it('lists the security group, and a seeded one by names', async () => {
    await seed({ usergroups: [{ id: 'S0LEADS', handle: 'leads', name: 'Leads', users: ['lee'] }] });
    const { usergroups } = await site.slack.usergroups.list({ include_users: true });
    assert.deepEqual(
      usergroups?.map(({ handle }) => handle),
      ['security', 'leads'],
    );
    const { users } = await site.slack.usergroups.users.list({ usergroup: 'S0SECURITY' });
    assert.deepEqual(users, [idOf('sue'), idOf('sid')]);
    assert.deepEqual((await site.slack.usergroups.users.list({ usergroup: 'S0LEADS' })).users, [idOf('lee')]);
    await assert.rejects(site.slack.usergroups.users.list({ usergroup: 'S0NONE' }), /no_such_subteam/);
  });

  it('opens direct messages once, and keeps them like a channel’s', async () => {
    const { channel } = await site.slack.conversations.open({ users: idOf('sue') });
    const again = await site.slack.conversations.open({ users: idOf('sue'), return_im: true });
    assert.deepEqual([again.channel?.id, again.already_open], [channel?.id, true]);
    const metadata = { event_type: 'lockkeeper', event_payload: { key: 'DEVOPS-7' } };
    const posted = await site.slack.chat.postMessage({ channel: idOf('sue'), text: 'for you', metadata });
    assert.equal(posted.channel, channel?.id);
    const history = { channel: channel?.id ?? '', include_all_metadata: true };
    assert.deepEqual((await site.slack.conversations.history(history)).messages?.[0]?.metadata, metadata);
    assert.equal((await site.messages())[0]?.direct_to, idOf('sue'));
    const { channels } = await site.slack.conversations.list({ types: 'im' });
    assert.deepEqual(
      channels?.map((open) => [open.id, open.user]),
      [[channel?.id, idOf('sue')]],
    );
  });

  it('shows direct messages to their person only', async () => {
    const { channel = '', ts } = await site.slack.chat.postMessage({ channel: idOf('sue'), text: 'x' });
    const act = { channel, ts, actionId: 'none' };
    assert.equal((await site.click({ ...act, as: 'sid' })).error, 'channel_not_found');
    assert.equal((await site.click({ ...act, as: 'sue' })).error, 'action_not_found');
    const other = { channel, user: idOf('sid'), text: 'x' };
    await assert.rejects(site.slack.chat.postEphemeral(other), /user_not_in_channel/);
  });

  it('keeps threads: replies in order, and a count on the first message', async () => {
    const { ts = '' } = await site.slack.chat.postMessage({ channel: 'C0SOC', text: 'question' });
    for (const text of ['one', 'two'])
      await site.slack.chat.postMessage({ channel: 'C0SOC', text, thread_ts: ts });
    const { messages = [] } = await site.slack.conversations.replies({ channel: 'C0SOC', ts });
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['question', 'one', 'two'],
    );
    const latest = messages.at(-1)?.ts ?? '';
    const { messages: history = [] } = await site.slack.conversations.history({ channel: 'C0SOC' });
    assert.deepEqual([history.length, history[0]?.reply_count, history[0]?.latest_reply], [1, 2, latest]);
    const after = await site.slack.conversations.replies({
      channel: 'C0SOC',
      ts: latest,
      oldest: messages[1]?.ts ?? '',
    });
    assert.deepEqual(
      after.messages?.map(({ text }) => text),
      ['question', 'two'],
    );
  });

  it('deletes the bot’s own messages only', async () => {
    const { ts = '' } = await site.slack.chat.postMessage({ channel: 'C0SOC', text: 'mine' });
    await site.slack.chat.delete({ channel: 'C0SOC', ts });
    assert.deepEqual(await site.messages(), []);
    await seed({ messages: [{ channel: 'soc', user: 'sam', text: 'his' }] });
    const [his] = await site.messages();
    await assert.rejects(
      site.slack.chat.delete({ channel: 'C0SOC', ts: his?.ts ?? '' }),
      /cant_delete_message/,
    );
  });

  const refused: [code: string, call: () => Promise<unknown>][] = [
    ['user_not_found', () => site.slack.conversations.open({ users: 'U0NONE' })],
    ['too_many_users', () => site.slack.conversations.open({ users: `${idOf('sue')},${idOf('sid')}` })],
    ['users_list_not_supplied', () => site.slack.apiCall('conversations.open')],
    ['channel_not_found', () => site.slack.conversations.open({ channel: 'D0NONE' })],
    ['channel_not_found', () => site.slack.chat.postMessage({ channel: 'U0NONE', text: 'x' })],
    ['thread_not_found', () => site.slack.conversations.replies({ channel: 'C0SOC', ts: '1.000000' })],
  ];
  for (const [index, [code, call]] of refused.entries())
    it(`refuses with ${code} (${index + 1})`, async () => {
      await assert.rejects(call(), { message: `An API error occurred: ${code}` });
    });

  it('refuses direct messages to bots and to those who left', async () => {
    await seed({
      users: [
        { name: 'robot', is_bot: true },
        { name: 'sid', deleted: true },
      ],
    });
    await assert.rejects(site.slack.conversations.open({ users: 'U0ROBOT' }), /cannot_dm_bot/);
    await assert.rejects(site.slack.conversations.open({ users: idOf('sid') }), /user_disabled/);
    await assert.rejects(site.slack.chat.postMessage({ channel: 'U0ROBOT', text: 'x' }), /cannot_dm_bot/);
  });
});
