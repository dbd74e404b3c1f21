import { randomBytes } from 'node:crypto';
import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import { mergeContent, readContent } from './message-content.ts';
import { argumentsOf } from './method-arguments.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { SlackMember } from './members.ts';
import type { SlackChannel, SlackMessage, SlackWorkspace } from './workspace.ts';

/** What one response_url speaks for: the person who acted, where, and on which message. */
export interface ResponsePlace {
  readonly member: SlackMember;
  readonly channel: SlackChannel;
  /** Undefined for a slash command, which has no message to replace. */
  readonly message: SlackMessage | undefined;
}

/** Addresses that answer an act without a token: five times, for thirty minutes. */
export interface ResponseUrls {
  issue(kind: 'actions' | 'commands', place: ResponsePlace): string;
  /** Undefined when the path is none of these addresses. */
  handle(request: VendorRequest): Promise<VendorResponse | undefined>;
}

const mostUses = 5;
const lifetimeMs = 30 * 60_000;

export function createResponseUrls(workspace: SlackWorkspace, baseUrl: () => string): ResponseUrls {
  const issued = new Map<string, { place: ResponsePlace; at: number; uses: number }>();

  return {
    issue(kind, place) {
      const secret = randomBytes(18).toString('base64url');
      const path = `/${kind}/${workspace.teamId}/${issued.size + 1}/${secret}`;
      issued.set(path, { place, at: workspace.now().getTime(), uses: 0 });
      return `${baseUrl()}${path}`;
    },
    async handle(request) {
      if (!/^\/(actions|commands)\//.test(request.path)) return undefined;
      if (request.method !== 'POST') return { status: 405, body: { ok: false, error: 'invalid_method' } };
      try {
        const url = issued.get(request.path);
        if (!url || workspace.now().getTime() - url.at > lifetimeMs) throw new SlackRefusal('expired_url');
        if (url.uses >= mostUses) throw new SlackRefusal('used_url');
        answerAct(workspace, url.place, await readJson(request));
        url.uses += 1;
        return { status: 200, body: { ok: true } };
      } catch (error) {
        if (!(error instanceof SlackRefusal)) throw error;
        const status = error.code.endsWith('_url') ? 404 : 400;
        return { status, body: { ok: false, error: error.code } };
      }
    },
  };
}

/** Replaces or deletes the message that was acted on, or adds one: for this person only unless it says `in_channel`. */
export function answerAct(workspace: SlackWorkspace, place: ResponsePlace, answer: object): void {
  const given = argumentsOf({ ...answer });
  const { member, channel, message } = place;
  const { app, nextTs } = workspace;
  const isOwn = message?.user === app.userId;
  if (given.flag('delete_original') && message && isOwn) return workspace.remove(message);
  const content = readContent(given);
  if (given.flag('replace_original') && message && isOwn) {
    message.content = mergeContent(message.content, { blocks: [], ...definedOf(content) });
    message.edited = { user: app.botId, ts: nextTs() };
    return;
  }
  const ephemeralTo = given.text('response_type') === 'in_channel' ? undefined : member.id;
  const threadTs = given.text('thread_ts') ?? message?.threadTs;
  workspace.add({ channel: channel.id, user: app.userId, content, ephemeralTo, threadTs });
}

function definedOf(content: object): object {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}

async function readJson(request: VendorRequest): Promise<object> {
  try {
    const value: unknown = JSON.parse((await request.body()).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // answered like any other body that is no object
  }
  throw new SlackRefusal('invalid_payload');
}
