import type { SandboxPerson } from '../shared/people.ts';
import { toMember, type SlackMember } from './members.ts';
import { SlackRefusal } from './slack-refusal.ts';
import { createViewStore, type ViewStore } from './view-store.ts';

export interface SlackChannel {
  /** `C0SOC`; `D…` for direct messages. */
  readonly id: string;
  /** Without `#`. */
  readonly name: string;
  readonly topic?: string;
  /** Whose direct messages with the app these are. */
  readonly user?: string;
}

export interface SlackUserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  /** Slack user ids. */
  readonly users: readonly string[];
}

export interface MessageMetadata {
  readonly event_type: string;
  readonly event_payload: object;
}

/** What an author gives; `undefined` is "not given", which an update leaves as it is. */
export interface MessageContent {
  readonly text?: string | undefined;
  readonly blocks?: readonly object[] | undefined;
  readonly attachments?: readonly object[] | undefined;
  readonly metadata?: MessageMetadata | undefined;
}

/** `ts` is its id within the channel. */
export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly threadTs: string | undefined;
  /** The only person who sees it; such a message is in no history and only its response_url changes it. */
  readonly ephemeralTo: string | undefined;
  content: MessageContent;
  edited: { readonly user: string; readonly ts: string } | undefined;
}

/** What a new message needs. */
export interface MessageDraft {
  readonly channel: string;
  readonly user: string;
  readonly content: MessageContent;
  readonly threadTs?: string | undefined;
  readonly ephemeralTo?: string | undefined;
}

/** The product's own app and its bot user. */
export interface SlackApp {
  readonly userId: string;
  readonly botId: string;
  readonly appId: string;
  readonly name: string;
}

/** State of one workspace. A reset makes a new one. */
export interface SlackWorkspace {
  readonly teamId: string;
  readonly teamName: string;
  readonly teamDomain: string;
  readonly app: SlackApp;
  readonly members: SlackMember[];
  readonly channels: readonly SlackChannel[];
  readonly directMessages: SlackChannel[];
  readonly userGroups: SlackUserGroup[];
  readonly messages: SlackMessage[];
  readonly views: ViewStore;
  readonly now: () => Date;
  /** Unix seconds with six decimals, unique and rising: a message's id. */
  readonly nextTs: () => string;
  /** By id, `#name` or name; throws `channel_not_found`. */
  readonly channel: (reference: string | undefined) => SlackChannel;
  /** The app's direct messages with one person, opened where there are none yet. */
  readonly directMessage: (member: SlackMember) => SlackChannel;
  /** By id or name; throws `user_not_found`. */
  readonly member: (reference: string | undefined) => SlackMember;
  /** Throws `message_not_found`, also for ephemeral ones. */
  readonly message: (channel: SlackChannel, ts: string | undefined) => SlackMessage;
  readonly add: (draft: MessageDraft) => SlackMessage;
  readonly remove: (message: SlackMessage) => void;
}

const app: SlackApp = {
  userId: 'U0LOCKKEEPER',
  botId: 'B0LOCKKEEPER',
  appId: 'A0LOCKKEEPER',
  name: 'lockkeeper',
};

export function createWorkspace(
  people: readonly SandboxPerson[],
  channels: readonly SlackChannel[],
  now: () => Date,
): SlackWorkspace {
  const teamId = 'T0SANDBOX';
  const members = people.map((person) => toMember(person, teamId));
  const messages: SlackMessage[] = [];
  const directMessages: SlackChannel[] = [];
  let lastMicros = 0;

  function nextTs(): string {
    lastMicros = Math.max(now().getTime() * 1000, lastMicros + 1);
    return toTs(lastMicros);
  }

  function channel(reference: string | undefined): SlackChannel {
    const name = reference?.replace(/^#/, '');
    const found =
      channels.find((candidate) => candidate.id === reference || candidate.name === name) ??
      directMessages.find(({ id }) => id === reference);
    if (!found) throw new SlackRefusal('channel_not_found');
    return found;
  }

  function directMessage({ id: user }: SlackMember): SlackChannel {
    const open = directMessages.find((candidate) => candidate.user === user);
    if (open) return open;
    const opened = { id: `D${user.slice(1)}`, name: 'directmessage', user };
    directMessages.push(opened);
    return opened;
  }

  function member(reference: string | undefined): SlackMember {
    const found = members.find(({ id, name }) => id === reference || name === reference);
    if (!found) throw new SlackRefusal('user_not_found');
    return found;
  }

  function message(inside: SlackChannel, ts: string | undefined): SlackMessage {
    const found = messages.find(
      (candidate) => candidate.channel === inside.id && candidate.ts === ts && !candidate.ephemeralTo,
    );
    if (!found) throw new SlackRefusal('message_not_found');
    return found;
  }

  function add({ channel, user, content, threadTs, ephemeralTo }: MessageDraft): SlackMessage {
    const added = { channel, user, content, threadTs, ephemeralTo, ts: nextTs(), edited: undefined };
    messages.push(added);
    return added;
  }

  return {
    ...{ teamId, teamName: 'Sandbox', teamDomain: 'sandbox', app, now, nextTs },
    ...{ members, channels, directMessages, messages, userGroups: securityGroup(people) },
    ...{ channel, directMessage, member, message, add, views: createViewStore(now) },
    remove: (gone) => void messages.splice(messages.indexOf(gone), messages.includes(gone) ? 1 : 0),
  };
}

/** The one user group that every workspace of the sandbox has. */
function securityGroup(people: readonly SandboxPerson[]): SlackUserGroup[] {
  const users = people.filter(({ groups }) => groups.includes('security')).map(({ slack }) => slack.userId);
  return [{ id: 'S0SECURITY', handle: 'security', name: 'Security', users }];
}

function toTs(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}
