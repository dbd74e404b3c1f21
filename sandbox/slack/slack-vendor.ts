import { randomUUID } from 'node:crypto';
import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { chatMethods } from './chat-methods.ts';
import { conversationMethods } from './conversation-methods.ts';
import { bearerToken, readArguments, readToken } from './method-arguments.ts';
import { toMessage } from './message-content.ts';
import { SlackRefusal } from './slack-refusal.ts';
import { userMethods } from './user-methods.ts';
import type { MethodTable } from './web-api.ts';
import { createWorkspace, type SlackChannel, type SlackWorkspace } from './workspace.ts';

export interface SlackVendorOptions {
  readonly people: readonly SandboxPerson[];
  /** `xoxb-…`: the one token that may call. */
  readonly botToken: string;
  readonly channels?: readonly SlackChannel[];
  readonly now?: () => Date;
}

/** Both teams' channels; a failed promotion tells both (P-64). */
export const sandboxChannels: readonly SlackChannel[] = [
  { id: 'C0SOC', name: 'soc', topic: 'Security operations' },
  { id: 'C0DEVOPS', name: 'devops', topic: 'Delivery' },
];

const scopes = 'chat:write,channels:read,channels:history,users:read,users:read.email,metadata.message:read';

/**
 * Slack's Web API with one workspace: `/api/<method>`, form or JSON, always HTTP 200.
 * Seed: `{messages: [{channel, user, text}]}`. Control `messages` {channel?}: every message, ephemeral ones too.
 */
export function createSlackVendor(options: SlackVendorOptions): Vendor {
  const { people, botToken, channels = sandboxChannels, now = () => new Date() } = options;
  let workspace = createWorkspace(people, channels, now);
  const current = () => workspace;
  const methods: MethodTable = {
    ...userMethods(current),
    ...chatMethods(current),
    ...conversationMethods(current),
  };

  async function handle(request: VendorRequest): Promise<VendorResponse> {
    const headers = { 'x-slack-req-id': randomUUID(), 'x-oauth-scopes': scopes };
    if (!request.path.startsWith('/api/')) return { status: 404, body: 'not a Web API method' };
    try {
      return { status: 200, headers, body: { ok: true, ...(await call(request)) } };
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return { status: 200, headers, body: { ok: false, error: error.code } };
    }
  }

  async function call(request: VendorRequest): Promise<object> {
    const method = methods[request.path.slice('/api/'.length)];
    if (!method) throw new SlackRefusal('unknown_method');
    const token = await readToken(request);
    if (token === undefined) throw new SlackRefusal('not_authed');
    if (token !== botToken) throw new SlackRefusal('invalid_auth');
    const baseUrl = `http://${request.headers.host ?? '127.0.0.1'}`;
    return method({ arguments: await readArguments(request), baseUrl });
  }

  return {
    name: 'slack',
    actor: (request) => (bearerToken(request) === botToken ? workspace.app.name : undefined),
    handle,
    reset() {
      workspace = createWorkspace(people, channels, now);
    },
    seed: (fixtures) => seedMessages(workspace, fixtures),
    controls: { messages: (body) => allMessages(workspace, (body as { channel?: string }).channel) },
  };
}

/** People write too: `user` is a Slack user id of theirs. */
function seedMessages(workspace: SlackWorkspace, fixtures: unknown) {
  const { messages = [] } = fixtures as {
    messages?: readonly { channel: string; user: string; text: string }[];
  };
  const made = messages.map(({ channel, user, text }) => ({
    ...{ channel: workspace.channel(channel).id, user, ts: workspace.nextTs(), content: { text } },
    ...{ threadTs: undefined, ephemeralTo: undefined, edited: undefined },
  }));
  workspace.messages.push(...made);
  return { messages: made.map(({ channel, ts }) => ({ channel, ts })) };
}

function allMessages(workspace: SlackWorkspace, reference: string | undefined) {
  const only = reference === undefined ? undefined : workspace.channel(reference).id;
  const chosen = workspace.messages.filter(({ channel }) => only === undefined || channel === only);
  return chosen.map((message) => ({
    channel: message.channel,
    ...toMessage(message, workspace, true),
    ...(message.ephemeralTo === undefined ? {} : { ephemeral_to: message.ephemeralTo }),
  }));
}
