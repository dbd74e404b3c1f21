import type { SandboxPerson } from '../shared/people.ts';
import { SlackRefusal } from './slack-refusal.ts';

export interface SlackChannel {
  /** `C0SOC`. */
  readonly id: string;
  /** Without `#`. */
  readonly name: string;
  readonly topic?: string;
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
  /** The only person who sees it; such a message is in no history and cannot be changed. */
  readonly ephemeralTo: string | undefined;
  content: MessageContent;
  edited: { readonly user: string; readonly ts: string } | undefined;
}

/** The product's own app and its bot user. */
export interface SlackApp {
  readonly userId: string;
  readonly botId: string;
  readonly appId: string;
  readonly name: string;
}

/** State of one workspace: its people, channels and messages. Everything that a reset throws away is in `messages`. */
export interface SlackWorkspace {
  readonly teamId: string;
  readonly teamName: string;
  readonly app: SlackApp;
  readonly people: readonly SandboxPerson[];
  readonly channels: readonly SlackChannel[];
  readonly messages: SlackMessage[];
  /** Unix seconds with six decimals, unique and rising: a message's id. */
  readonly nextTs: () => string;
  /** By id, `#name` or name; throws `channel_not_found`. */
  readonly channel: (reference: string | undefined) => SlackChannel;
  /** Throws `message_not_found`. */
  readonly message: (channel: SlackChannel, ts: string | undefined) => SlackMessage;
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
  const messages: SlackMessage[] = [];
  let lastMicros = 0;

  function nextTs(): string {
    lastMicros = Math.max(now().getTime() * 1000, lastMicros + 1);
    return toTs(lastMicros);
  }

  function channel(reference: string | undefined): SlackChannel {
    const name = reference?.replace(/^#/, '');
    const found = channels.find((candidate) => candidate.id === reference || candidate.name === name);
    if (!found) throw new SlackRefusal('channel_not_found');
    return found;
  }

  function message(inside: SlackChannel, ts: string | undefined): SlackMessage {
    const found = messages.find(
      (candidate) => candidate.channel === inside.id && candidate.ts === ts && !candidate.ephemeralTo,
    );
    if (!found) throw new SlackRefusal('message_not_found');
    return found;
  }

  return {
    teamId: 'T0SANDBOX',
    teamName: 'Sandbox',
    app,
    people,
    channels,
    messages,
    nextTs,
    channel,
    message,
  };
}

function toTs(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}
