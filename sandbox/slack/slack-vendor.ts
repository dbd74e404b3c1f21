import { randomUUID } from 'node:crypto';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { createActs, type SlackState } from './acts.ts';
import { chatMethods } from './chat-methods.ts';
import { conversationMethods } from './conversation-methods.ts';
import { createDeliveries } from './deliveries.ts';
import { bearerToken, readArguments, readToken } from './method-arguments.ts';
import { createResponseUrls } from './response-urls.ts';
import { seedWorkspace, slackControls } from './slack-controls.ts';
import { SlackRefusal } from './slack-refusal.ts';
import { createSocketMode } from './socket-mode.ts';
import { createTriggerIds } from './trigger-ids.ts';
import { userGroupMethods } from './user-group-methods.ts';
import { userMethods } from './user-methods.ts';
import { viewMethods } from './view-methods.ts';
import type { MethodTable } from './web-api.ts';
import { createWorkspace, type SlackChannel } from './workspace.ts';

export interface SlackVendorOptions {
  readonly people: readonly SandboxPerson[];
  /** `xoxb-…`: the one token that may call, except for Socket Mode. */
  readonly botToken: string;
  /** `xapp-…`: opens Socket Mode and nothing else. Without it there is none. */
  readonly appToken?: string;
  readonly signingSecret?: string;
  /** Where clicks, commands and events go while no Socket Mode client is connected. */
  readonly requestUrl?: string;
  readonly channels?: readonly SlackChannel[];
  readonly now?: () => Date;
  /** The app's time to answer, ms. Slack gives 3 s. */
  readonly answerWithinMs?: number;
  /** Slack repeats an event at once, after a minute and after five. */
  readonly retryDelaysMs?: readonly number[];
}

/** Both teams' channels, a failed promotion tells both (P-64); and the one where people decide. */
export const sandboxChannels: readonly SlackChannel[] = [
  { id: 'C0SOC', name: 'soc', topic: 'Security operations' },
  { id: 'C0DEVOPS', name: 'devops', topic: 'Delivery' },
  { id: 'C0APPROVALS', name: 'approvals', topic: 'Decisions' },
];

const scopes =
  'chat:write,channels:read,channels:history,commands,im:history,im:read,im:write,metadata.message:read,usergroups:read,users:read,users:read.email';

/**
 * Slack with one workspace: `/api/<method>` (form or JSON, always HTTP 200), response URLs, Socket Mode on the same port, and
 * people who press buttons (see slack-controls.ts). Seed: `{users, usergroups, messages: [{channel, user, text}]}`.
 */
export function createSlackVendor(options: SlackVendorOptions): Vendor {
  const { people, botToken, appToken, channels = sandboxChannels, now = () => new Date() } = options;
  let server: http.Server | undefined;
  let state = createState();
  const sockets = createSocketMode();
  const deliveries = createDeliveries({
    ...{ signingSecret: options.signingSecret ?? '', requestUrl: options.requestUrl, now, sockets },
    answerWithinMs: options.answerWithinMs ?? 3_000,
    retryDelaysMs: options.retryDelaysMs ?? [0, 60_000, 300_000],
  });
  const acts = createActs(() => state, deliveries);
  const workspace = () => state.workspace;
  const methods: MethodTable = {
    ...userMethods(workspace),
    ...userGroupMethods(workspace),
    ...chatMethods(workspace),
    ...conversationMethods(workspace),
    ...viewMethods(workspace, () => state.triggers),
  };

  function createState(): SlackState {
    const made = createWorkspace(people, channels, now);
    return {
      workspace: made,
      triggers: createTriggerIds(now),
      responseUrls: createResponseUrls(made, () => `http://127.0.0.1:${portOf(server)}`),
    };
  }

  async function handle(request: VendorRequest): Promise<VendorResponse> {
    const headers = { 'x-slack-req-id': randomUUID(), 'x-oauth-scopes': scopes };
    if (!request.path.startsWith('/api/'))
      return (await state.responseUrls.handle(request)) ?? { status: 404, body: 'not a Web API method' };
    try {
      return { status: 200, headers, body: { ok: true, ...(await call(request)) } };
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      const { code, messages } = error;
      const more = messages.length > 0 ? { response_metadata: { messages } } : {};
      return { status: 200, headers, body: { ok: false, error: code, ...more } };
    }
  }

  async function call(request: VendorRequest): Promise<object> {
    const name = request.path.slice('/api/'.length);
    const method = methods[name];
    if (!method && name !== 'apps.connections.open') throw new SlackRefusal('unknown_method');
    const token = await readToken(request);
    if (token === undefined) throw new SlackRefusal('not_authed');
    if (token !== botToken && token !== appToken) throw new SlackRefusal('invalid_auth');
    if (token !== (method ? botToken : appToken)) throw new SlackRefusal('not_allowed_token_type');
    if (!method) return { url: `ws://127.0.0.1:${portOf(server)}${sockets.ticket(workspace().app.appId)}` };
    const baseUrl = `http://${request.headers.host ?? '127.0.0.1'}`;
    return method({ arguments: await readArguments(request), baseUrl });
  }

  return {
    name: 'slack',
    actor(request) {
      const token = bearerToken(request);
      return token === botToken || token === appToken ? workspace().app.name : undefined;
    },
    handle,
    attach(given) {
      server = given;
      given.on('upgrade', (request: http.IncomingMessage, socket, head: Buffer) =>
        sockets.upgrade(request, socket, head),
      );
    },
    reset() {
      deliveries.clear();
      state = createState();
    },
    seed: (fixtures) => seedWorkspace(workspace(), fixtures),
    controls: slackControls(() => state, acts, { deliveries, sockets }),
    stop() {
      deliveries.clear();
      sockets.stop();
    },
  };
}

const portOf = (server: http.Server | undefined) => (server?.address() as AddressInfo | null)?.port ?? 0;
