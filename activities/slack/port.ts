import type { ReminderTarget, RequestView } from '../../workflows/approval/messages.ts';

/** Where a request's one message is. */
export interface SlackMessageRef {
  readonly channelId: string;
  readonly ts: string;
}

/** What the processes need of Slack. */
export interface SlackPort {
  /**
   * Posts a plain notice once per key and channel: metadata carries the key, and a repeat (`attempt` > 1) looks for it first.
   * @param input.channel the channel's name in the configuration, such as `soc`
   */
  postNotice(input: {
    key: string;
    channel: string;
    title: string;
    lines: readonly string[];
    links: readonly { label: string; href: string }[];
  }): Promise<{ channelId: string; ts: string; posted: boolean }>;
  /**
   * The one message of a request: posted when `message` is null (metadata carries `view.key/view.requestId`; a repeat looks for it first),
   * else updated in place, which may be repeated freely. Buttons only while the request is open and its policy has them.
   */
  showRequest(input: { view: RequestView; message: SlackMessageRef | null }): Promise<SlackMessageRef>;
  /** Reminds in the message's thread, by direct message to everybody who can still decide, or to who is on call. Once per key. */
  remind(input: {
    key: string;
    view: RequestView;
    message: SlackMessageRef;
    to: ReminderTarget;
    /** Reminders that fell due while Slack was down and are told in this one. */
    missed: number;
  }): Promise<void>;
  /** Says to one person, and nobody else, why his decision does not count (ephemeral in the request's channel). */
  tellRefusal(input: { key: string; view: RequestView; principal: string; text: string }): Promise<void>;
  /** A direct message to one person by name in the configuration; who has no Slack id is skipped. Once per key. */
  tellPerson(input: {
    key: string;
    person: string;
    title: string;
    lines: readonly string[];
    links: readonly { label: string; href: string }[];
  }): Promise<{ told: boolean }>;
}
