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
}
