import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { controlOf } from '../../../sandbox/drive/control.ts';
import { startFront } from '../../../sandbox/shared/front.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';
import type { ActAnswer } from '../../../sandbox/slack/app-answers.ts';
import type { Delivery } from '../../../sandbox/slack/deliveries.ts';
import { createSlackVendor, type SlackVendorOptions } from '../../../sandbox/slack/slack-vendor.ts';

export const botToken = 'xoxb-of-the-tests';
export const appToken = 'xapp-1-of-the-tests';
export const signingSecret = 'signing-secret-of-the-tests';

export interface ShownMessage {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly { block_id: string }[];
  readonly thread_ts?: string;
  readonly ephemeral_to?: string;
  readonly direct_to?: string;
}

export interface ShownView {
  readonly id: string;
  readonly user: string;
  readonly type: string;
  readonly blocks: readonly { block_id: string }[];
  readonly private_metadata: string;
  readonly title: { text: string } | null;
  readonly previous_view_id: string | null;
  readonly errors: Readonly<Record<string, string>>;
}

export type SlackSite = Awaited<ReturnType<typeof startSlackSite>>;

/** The stand-in with a request URL that real Bolt listens on, and ways to drive it. */
export async function startSlackSite(options: Partial<SlackVendorOptions> = {}) {
  const people = createPeople();
  const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR, logger: silent });
  const server = http.createServer((request, response) => void receiver.requestListener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const vendor = { people, botToken, appToken, signingSecret, requestUrl, now, ...options };
  const front = await startFront(createSlackVendor(vendor), { token: 'control' });
  const control = controlOf(front.url, 'control');
  const slackApiUrl = `${front.url}/api/`;
  const clientOptions = { slackApiUrl, retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR };
  const app = new App({
    ...{ receiver, token: botToken, tokenVerificationEnabled: false, clientOptions, logger: silent },
  });
  const act = (verb: string) => (body: object) => control.post<ActAnswer>(verb, body);

  return {
    ...{ front, control, app, receiver, people, clientOptions },
    slack: new WebClient(botToken, { ...clientOptions, logger: silent }),
    person: (name: string) => people.find((person) => person.name === name) ?? assert.fail(name),
    ...{ click: act('click'), submit: act('submit'), command: act('command'), forge: act('forge') },
    openHome: (as: string) => control.post<ActAnswer>('open-home', { as }),
    closeView: act('close-view'),
    views: (as?: string) => control.post<ShownView[]>('views', { as }),
    messages: (channel?: string) => control.post<ShownMessage[]>('messages', { channel }),
    deliveries: () => control.post<Delivery[]>('deliveries'),
    /** The vendor's clock goes on at once. */
    wait(ms: number) {
      aheadMs += ms;
    },
    async stop() {
      await front.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Bolt and WebClient report what these tests provoke. */
export const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

export const button = (actionId: string, value: string, text = actionId) => ({
  ...{ type: 'button', action_id: actionId, value, text: { type: 'plain_text', text } },
});

/** A message's blocks with one row of buttons. */
export const withButtons = (...elements: object[]) => [
  { type: 'section', text: { type: 'mrkdwn', text: '*DEVOPS-7* waits' } },
  { type: 'actions', block_id: 'decide', elements },
];

/** A modal that asks for a reason. */
export const reasonModal = (more: object = {}) => ({
  ...{ type: 'modal' as const, callback_id: 'reason', private_metadata: 'about DEVOPS-7' },
  title: { type: 'plain_text' as const, text: 'Reject' },
  submit: { type: 'plain_text' as const, text: 'Send' },
  blocks: [
    {
      ...{ type: 'input' as const, block_id: 'why' },
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'text', multiline: true, max_length: 20 },
    },
  ],
  ...more,
});
