import assert from 'node:assert/strict';
import { verifySlackRequest } from '@slack/bolt';
import { button, signingSecret, startSlackSite, withButtons, type SlackSite } from './slack-site.ts';

describe('Slack stand-in: signatures, and what an attacker sends', () => {
  let site: SlackSite;
  let act: object;
  let taken: number;

  beforeEach(async () => {
    site = await startSlackSite();
    taken = 0;
    site.app.action('lk_approve', async ({ ack }) => {
      taken += 1;
      await ack();
    });
    const blocks = withButtons(button('lk_approve', 'a')) as never;
    const { ts } = await site.slack.chat.postMessage({ channel: 'C0APPROVALS', text: 'x', blocks });
    act = { as: 'sue', channel: 'C0APPROVALS', ts, actionId: 'lk_approve' };
  });
  afterEach(() => site.stop());

  it('signs the raw body, as Bolt’s own verifier checks', async () => {
    await site.click(act);
    const [{ headers, body }] = (await site.deliveries()) as [Awaited<ReturnType<typeof site.deliveries>>[0]];
    const given = {
      'x-slack-signature': headers['x-slack-signature'] ?? '',
      'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
    };
    verifySlackRequest({ signingSecret, body, headers: given });
    assert.match(body, /^payload=%7B/);
    assert.throws(() => verifySlackRequest({ signingSecret, body: `${body} `, headers: given }), /mismatch/);
  });

  const refused: [name: string, forgery: object][] = [
    ['a wrong signature', { signature: `v0=${'0'.repeat(64)}` }],
    ['no signature', { signature: '' }],
    ['a timestamp six minutes old', { timestampOffsetSeconds: -360 }],
  ];
  for (const [name, forgery] of refused)
    it(`sends ${name}, which Bolt refuses`, async () => {
      const answer = await site.forge({ ...act, ...forgery });
      assert.deepEqual([answer.status, taken], [401, 0]);
    });

  it('sends a timestamp six minutes ahead rightly signed, which Bolt alone takes', async () => {
    assert.equal((await site.forge({ ...act, timestampOffsetSeconds: 360 })).status, 200);
    assert.equal(taken, 1);
  });

  it('repeats an earlier delivery byte for byte', async () => {
    const { delivery = 0 } = await site.click(act);
    assert.equal((await site.forge({ replayOf: delivery })).status, 200);
    const [first, second] = await site.deliveries();
    assert.deepEqual([second?.headers, second?.body], [first?.headers, first?.body]);
    assert.equal(taken, 2);
    assert.equal((await site.forge({ replayOf: 99 })).error, 'unknown_delivery');
  });

  it('sends values and fields that Slack would not', async () => {
    await site.forge({ ...act, value: 'forged', payload: { team: { id: 'T0OTHER', domain: 'other' } } });
    const body = new URLSearchParams((await site.deliveries())[0]?.body).get('payload') ?? '';
    const { actions, team } = JSON.parse(body) as { actions: { value: string }[]; team: { id: string } };
    assert.deepEqual([actions[0]?.value, team.id], ['forged', 'T0OTHER']);
  });

  it('forges commands, submissions and events alike', async () => {
    const wrong = { as: 'sue', signature: 'v0=0' };
    const command = { ...wrong, kind: 'command', command: '/lockkeeper', text: 'inbox', channel: 'C0SOC' };
    assert.equal((await site.forge(command)).status, 401);
    assert.equal((await site.forge({ ...wrong, kind: 'open-home' })).status, 401);
    assert.deepEqual(
      (await site.deliveries()).map(({ kind }) => kind),
      ['slash_commands', 'events_api'],
    );
  });
});
