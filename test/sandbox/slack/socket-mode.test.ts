import assert from 'node:assert/strict';
import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { SocketModeClient } from '@slack/socket-mode';
import { WebClient } from '@slack/web-api';
import {
  appToken,
  botToken,
  button,
  reasonModal,
  silent,
  startSlackSite,
  withButtons,
  type SlackSite,
} from './slack-site.ts';

describe('Slack stand-in: Socket Mode, through the real client', () => {
  let site: SlackSite;
  let ts: string;
  let stops: (() => Promise<unknown>)[];

  beforeEach(async () => {
    site = await startSlackSite({ answerWithinMs: 300 });
    stops = [];
    const blocks = withButtons(button('lk_approve', '1')) as never;
    ts = (await site.slack.chat.postMessage({ channel: 'C0SOC', text: 'x', blocks })).ts ?? '';
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await site.stop();
  });

  async function connect(): Promise<SocketModeClient> {
    const { clientOptions } = site;
    const client = new SocketModeClient({ appToken, clientOptions, clientPingTimeout: 50, logger: silent });
    stops.push(() => client.disconnect());
    await client.start();
    return client;
  }
  /** Real Bolt, over Socket Mode. */
  async function startApp(): Promise<App> {
    const { clientOptions } = site;
    const receiver = new SocketModeReceiver({ appToken, logger: silent, logLevel: LogLevel.ERROR });
    Object.assign(receiver.client, {
      webClient: new WebClient('', { ...clientOptions, headers: { Authorization: `Bearer ${appToken}` } }),
    });
    const app = new App({
      receiver,
      token: botToken,
      tokenVerificationEnabled: false,
      clientOptions,
      logger: silent,
    });
    await app.start();
    stops.push(() => app.stop());
    return app;
  }
  const click = () => site.click({ as: 'sue', channel: 'C0SOC', ts, actionId: 'lk_approve' });

  it('sends clicks to the connected client, and waits for its acknowledgement', async () => {
    const client = await connect();
    const seen: string[] = [];
    client.on('interactive', ({ ack, body, accepts_response_payload: accepts }: Interactive) => {
      seen.push(`${body.type} ${body.actions[0]?.action_id} ${accepts}`);
      void ack();
    });
    assert.deepEqual([(await click()).status, seen], [200, ['block_actions lk_approve false']]);
    assert.equal((await site.deliveries())[0]?.via, 'socket');
  });

  it('calls a client that does not acknowledge a time-out', async () => {
    await connect();
    assert.deepEqual([(await click()).status, (await click()).error], [0, 'operation_timeout']);
  });

  it('runs Bolt: a click, a modal with errors, a command, a home', async () => {
    const app = await startApp();
    app.action('lk_approve', async ({ ack, client, body }) => {
      await ack();
      if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: reasonModal() });
      opened.resolve();
    });
    const opened = Promise.withResolvers<void>();
    const errors = { why: 'say more' };
    app.view('reason', async ({ ack }) => ack({ response_action: 'errors', errors }));
    app.command('/lockkeeper', async ({ ack }) => ack('inbox is empty'));
    app.event('app_home_opened', async () => undefined);
    await click();
    await opened.promise;
    const [view] = await site.views('sue');
    const values = { why: 'no' };
    assert.deepEqual((await site.submit({ as: 'sue', viewId: view?.id, values })).errors, errors);
    await site.command({ as: 'sue', command: '/lockkeeper', text: 'inbox', channel: 'C0SOC' });
    assert.equal((await site.messages()).at(-1)?.text, 'inbox is empty');
    assert.equal((await site.openHome('sue')).status, 200);
  });

  it('asks clients to reconnect, and they do, with a new ticket', async () => {
    const client = await connect();
    client.on('interactive', ({ ack }: Interactive) => void ack());
    const again = new Promise((resolve) => client.once('connected', resolve));
    await site.control.post('disconnect', { reason: 'refresh_requested' });
    await again;
    assert.equal((await click()).status, 200);
    const asked = site.front.requests.filter(({ path }) => path === '/api/apps.connections.open');
    assert.equal(asked.length, 2);
  });

  it('goes back to HTTP when the client has left', async () => {
    const client = await connect();
    await client.disconnect();
    site.app.action('lk_approve', async ({ ack }) => ack());
    assert.equal((await click()).status, 200);
    assert.equal((await site.deliveries())[0]?.via, 'http');
  });

  it('opens connections for the app’s token only, and takes each ticket once', async () => {
    const withToken = (token: string) => new WebClient(token, { ...site.clientOptions, logger: silent });
    await assert.rejects(withToken(botToken).apps.connections.open({}), /not_allowed_token_type/);
    await assert.rejects(withToken('xapp-other').apps.connections.open({}), /invalid_auth/);
    await assert.rejects(withToken(appToken).auth.test(), /not_allowed_token_type/);
    const { url = '' } = await withToken(appToken).apps.connections.open({});
    assert.equal(await opens(url), true);
    assert.equal(await opens(url), false);
    assert.equal(await opens(url.replace('/link/', '/other/')), false);
  });
});

interface Interactive {
  readonly ack: () => Promise<void>;
  readonly body: { type: string; actions: { action_id: string }[] };
  readonly accepts_response_payload: boolean;
}

/** Node's own WebSocket, as one more client. */
function opens(url: string): Promise<boolean> {
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    socket.addEventListener('error', () => resolve(false));
    socket.addEventListener('open', () => {
      socket.addEventListener('close', () => resolve(true));
      socket.close();
    });
  });
}
