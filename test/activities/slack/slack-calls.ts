import { createSlackClient } from '../../../activities/slack/client.ts';
import { createSlackWeb } from '../../../activities/slack/web.ts';
import { type Expected, type Reply, type Respond, type SeenRequest } from '../../support/loopback.ts';
import { viewOf } from './request-view.ts';

const groups: Readonly<Record<string, readonly string[]>> = {
  devops: ['dana', 'lee', 'sam'],
  security: ['sue', 'sid', 'nobody-in-slack'],
};
const slackIds: Readonly<Record<string, string>> = { sue: 'USUE', sid: 'USID', dev: 'UDEV', eve: 'UEVE' };
export const people = {
  slackIdOf: (name: string) => slackIds[name],
  membersOf: async (group: string) => groups[group] ?? [],
  onCall: () => 'dev',
};
export const slackAt = (url: string, onCall = 'dev') => {
  const web = createSlackWeb({
    token: 'xoxb-canary',
    slackApiUrl: `${url}/api/`,
    timeoutMs: 150,
    callsPerSecond: 100,
  });
  return createSlackClient({ web, channels: { soc: 'C1' }, people: { ...people, onCall: () => onCall } });
};

export const call = (method: string, respond: Respond): Expected => ({
  method: 'POST',
  path: `/api/${method}`,
  respond,
});
export const ok = (method: string, body: object): Expected => call(method, { body: { ok: true, ...body } });
export const refused = (error: string): Reply => ({ body: { ok: false, error } });
export const posted = (channel = 'C1', ts = '5.0') => ok('chat.postMessage', { channel, ts });
export const opened = (id: string) => ok('conversations.open', { channel: { id } });
export const nothingFound = ok('conversations.history', { messages: [] });
export const found = (key: string, ts = '4.0'): object => ({
  messages: [{ ts, metadata: { event_type: 'lockkeeper', event_payload: { key } } }],
});
export const bodyOf = (request: SeenRequest | undefined) => request?.body as Record<string, string>;
export const routesOf = (seen: readonly SeenRequest[]) => seen.map(({ path }) => path.slice('/api/'.length));

export const view = viewOf();
export const requestKey = `${view.key}/${view.requestId}`;
export const message = { channelId: 'C1', ts: '1.0' };
export const first = { lookFirst: false };

/** As the port names it; the message of `view` is `message`. */
export const remind = { key: 'k/remind-1', view, message, missed: 0 };
export const permalink = ok('chat.getPermalink', { permalink: 'https://acme.slack.test/p1' });
