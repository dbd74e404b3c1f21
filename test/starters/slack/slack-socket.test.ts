import assert from 'node:assert/strict';
import { GatewayRefusal } from '../../../starters/decisions/gateway.ts';
import { eventually } from '../../support/approval-world.ts';
import {
  startWebsocketServer,
  type WebsocketPeer,
  type WebsocketServer,
} from '../../support/websocket-server.ts';
import { click, slash, submission, value } from './payloads.ts';
import {
  call,
  danaId,
  ok,
  refused,
  slackConfig,
  teamId,
  told,
  toldText,
  userIs,
  withSlack,
} from './slack-world.ts';
import { temporalView } from './temporal-view.ts';

const hello = { type: 'hello', num_connections: 1, connection_info: { app_id: 'A0AAAAAAA' } };
const refresh = { type: 'disconnect', reason: 'refresh_requested' };
const config = slackConfig({}, { LOCKKEEPER_SLACK_APP_TOKEN: 'xapp-canary' });
const interactive = (id: string, payload: object) => ({
  envelope_id: id,
  type: 'interactive',
  accepts_response_payload: true,
  payload,
});
const noPause = () => 0;

describe('slack socket mode', () => {
  let slack: WebsocketServer;
  const opens = () => ok('apps.connections.open', { url: slack.url });
  async function connected(): Promise<WebsocketPeer> {
    const peer = await slack.accept();
    peer.send(hello);
    return peer;
  }
  beforeEach(async () => (slack = await startWebsocketServer()));
  afterEach(() => slack.close());

  it('takes a click, with the same Bolt app, and acknowledges its envelope', () =>
    withSlack(
      [opens(), userIs()],
      async (world) => {
        const peer = await connected();
        peer.send(interactive('e-1', click(world.slackUrl)));
        assert.deepEqual(await peer.next(), { envelope_id: 'e-1', payload: {} });
        assert.deepEqual(
          [world.sent[0]?.workflowId, world.sent[0]?.sourceEventId],
          [value.w, `${teamId}:${danaId}:1793785010.123456`],
        );
        assert.match(world.seen[0]?.headers.authorization ?? '', /^Bearer xapp-canary$/);
      },
      { config },
    ));

  it('answers a submission in its envelope, and a command, too', () =>
    withSlack(
      [opens(), userIs()],
      async (world) => {
        const peer = await connected();
        peer.send(interactive('e-1', submission(' ')));
        const answered = (await peer.next()) as { payload: { errors: object } };
        assert.deepEqual(answered.payload.errors, { reason: 'A reason is needed.' });
        const body = Object.fromEntries(new URLSearchParams(slash(world.slackUrl, 'inbox')));
        peer.send({ ...interactive('e-2', body), type: 'slash_commands' });
        const { payload } = (await peer.next()) as { payload: { text: string } };
        assert.equal(payload.text, 'Nothing waits for you.');
      },
      { config, client: temporalView({}).client },
    ));

  it('takes events', () =>
    withSlack(
      [opens(), userIs(), ok('views.publish')],
      async (world) => {
        const peer = await connected();
        const payload = {
          type: 'event_callback',
          team_id: teamId,
          event: { type: 'app_home_opened', user: danaId, tab: 'home', channel: 'D1' },
        };
        peer.send({ envelope_id: 'e-1', type: 'events_api', accepts_response_payload: false, payload });
        assert.deepEqual(await peer.next(), { envelope_id: 'e-1', payload: {} });
        // an event is acknowledged before anything is done about it
        await eventually(() => world.seen.some(({ path }) => path === '/api/views.publish') || undefined);
      },
      { config, client: temporalView({}).client },
    ));

  it('tells what is refused', () =>
    withSlack(
      [opens(), userIs(), told],
      async (world) => {
        const peer = await connected();
        peer.send(interactive('e-1', click(world.slackUrl)));
        await peer.next();
        assert.match(toldText(world)[0] ?? '', /^Refused \(not-running\)/);
      },
      { config, gateway: () => Promise.reject(new GatewayRefusal('not-running', 'x')) },
    ));

  const breaks: [string, (peer: WebsocketPeer) => void][] = [
    ['Slack renews the connection', (peer) => peer.send(refresh)],
    ['the connection is cut', (peer) => peer.cut()],
  ];
  for (const [name, breakIt] of breaks)
    it(`connects again when ${name}`, () =>
      withSlack(
        [opens(), opens(), userIs()],
        async (world) => {
          breakIt(await connected());
          const peer = await connected();
          peer.send(interactive('e-1', click(world.slackUrl)));
          assert.deepEqual(await peer.next(), { envelope_id: 'e-1', payload: {} });
          assert.equal(world.sent.length, 1);
        },
        { config, pauseMs: noPause },
      ));

  for (const [name, answer] of [
    ['refuses the token', refused('invalid_auth')],
    ['is down', { status: 503 }],
    ['limits calls', { status: 429, headers: { 'retry-after': '7' } }],
    ['cuts the answer', 'lost'],
  ] as const)
    it(`tries again while Slack ${name}, and the process stays`, () =>
      withSlack(
        [call('apps.connections.open', answer), opens()],
        async (world) => {
          await connected();
          assert.match(world.logged.join(), /slack socket mode not connected/);
          assert.doesNotMatch(world.logged.join(), /xapp-canary/);
        },
        { config, pauseMs: noPause },
      ));

  it('ends while it waits to connect again', () =>
    withSlack(
      [call('apps.connections.open', { status: 503 })],
      async (world) => {
        await world.logs(/not connected/);
        await world.stop();
      },
      { config, pauseMs: () => 60_000 },
    ));
});
