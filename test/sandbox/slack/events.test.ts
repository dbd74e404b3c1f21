import assert from 'node:assert/strict';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { startSlackSite, type SlackSite } from './slack-site.ts';

describe('Slack stand-in: events and slash commands, through real Bolt', () => {
  let site: SlackSite;
  beforeEach(async () => {
    site = await startSlackSite({ answerWithinMs: 300, retryDelaysMs: [0, 10, 20] });
  });
  afterEach(() => site.stop());

  const untilSent = (count: number) =>
    waitUntil(`${count} deliveries`, 5_000, async () => {
      const sent = await site.deliveries();
      return sent.length >= count && sent.at(-1)?.ms ? sent : undefined;
    });
  const command = (text = 'inbox', as = 'sue') =>
    site.command({ as, command: '/lockkeeper', text, channel: 'C0SOC' });

  it('tells the app who opened its home, with the home as it is', async () => {
    const events: (string | undefined)[][] = [];
    site.app.event(
      'app_home_opened',
      async ({ event }) => void events.push([event.user, event.tab, event.view?.type]),
    );
    assert.equal((await site.openHome('sue')).status, 200);
    const { userId } = site.person('sue').slack;
    const blocks = [{ type: 'divider' as const }];
    await site.slack.views.publish({ user_id: userId, view: { type: 'home', blocks } });
    await site.openHome('sue');
    await waitUntil('both events', 5_000, async () => events.length === 2 || undefined);
    assert.deepEqual(events, [
      [userId, 'home', undefined],
      [userId, 'home', 'home'],
    ]);
  });

  it('sends an event that failed three times more, under the same id', async () => {
    site.app.event('app_home_opened', () => Promise.reject(new Error('no')));
    site.receiver.requestListener = (_, response) => void response.writeHead(500).end();
    assert.equal((await site.openHome('sue')).status, 500);
    const sent = await untilSent(4);
    assert.deepEqual(
      sent.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
      [
        [undefined, undefined],
        ['1', 'http_error'],
        ['2', 'http_error'],
        ['3', 'http_error'],
      ],
    );
    const ids = sent.map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id);
    assert.equal(new Set(ids).size, 1);
  });

  it('stops repeating when the app takes it, and calls a silent app a time-out', async () => {
    const { requestListener } = site.receiver;
    site.receiver.requestListener = () => {
      site.receiver.requestListener = requestListener;
    };
    assert.equal((await site.openHome('sue')).error, 'operation_timeout');
    const [, second, ...more] = await untilSent(2);
    assert.equal(second?.headers['x-slack-retry-reason'], 'http_timeout');
    assert.deepEqual([second?.status, more], [200, []]);
  });

  it('does not repeat where the app forbids it', async () => {
    site.receiver.requestListener = (_, response) =>
      void response.writeHead(503, { 'x-slack-no-retry': '1' }).end();
    await site.openHome('sue');
    await site.openHome('sid');
    assert.equal((await site.deliveries()).length, 2);
  });

  it('forgets its repeats on reset', async () => {
    const slow = await startSlackSite({ requestUrl: 'http://127.0.0.1:9/', retryDelaysMs: [60_000] });
    assert.equal((await slow.openHome('sue')).error, 'dispatch_failed');
    await slow.control.post('reset');
    assert.deepEqual(await slow.deliveries(), []);
    await slow.stop();
  });

  it('sends a slash command as a form, and shows its answer to the person', async () => {
    site.app.command('/lockkeeper', async ({ ack, payload }) =>
      ack(`two for ${payload.user_name}: ${payload.text}`),
    );
    assert.equal((await command()).status, 200);
    const [message] = await site.messages();
    assert.deepEqual(
      [message?.text, message?.ephemeral_to],
      ['two for sue: inbox', site.person('sue').slack.userId],
    );
  });

  it('shows a command’s answer to the channel where it says so, and takes later ones by response_url', async () => {
    site.app.command('/lockkeeper', async ({ ack, respond }) => {
      await ack({ response_type: 'in_channel', text: 'frozen' });
      await respond('done');
    });
    await command('freeze');
    const messages = await waitUntil('both answers', 5_000, async () => {
      const shown = await site.messages('soc');
      return shown.length === 2 ? shown : undefined;
    });
    const { userId } = site.person('sue').slack;
    assert.deepEqual(
      messages.map((message) => message.ephemeral_to),
      [undefined, userId],
    );
  });

  it('says in Slackbot’s name that a command failed', async () => {
    site.app.command('/lockkeeper', () => Promise.resolve());
    assert.equal((await command()).error, 'operation_timeout');
    const [message] = await site.messages('soc');
    assert.equal(message?.user, 'USLACKBOT');
    assert.equal(message?.text, '/lockkeeper failed with the error "operation_timeout"');
  });

  it('checks the request URL as Slack does when it is set', async () => {
    const { status, body } = await site.control.post<{ status: number; body: object }>('verify-url');
    assert.equal(status, 200);
    const sent = JSON.parse((await site.deliveries())[0]?.body ?? '') as { challenge: string };
    assert.deepEqual(body, { challenge: sent.challenge });
  });

  it('opens a modal from a command', async () => {
    const view = {
      type: 'modal' as const,
      title: { type: 'plain_text' as const, text: 'Freeze' },
      blocks: [],
    };
    site.app.command('/lockkeeper', async ({ ack, client, payload }) => {
      await client.views.open({ trigger_id: payload.trigger_id, view });
      await ack();
    });
    await command('freeze');
    assert.equal((await site.views('sue'))[0]?.title?.text, 'Freeze');
    assert.deepEqual(await site.messages(), []);
  });
});
