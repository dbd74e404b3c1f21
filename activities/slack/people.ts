/** Who people are, asked at the time of use. */
export interface SlackPeople {
  /** Slack user id of the person with this name in the configuration. */
  slackIdOf(person: string): string | undefined;
  /** Names of people; an unknown group has none. */
  membersOf(group: string): Promise<readonly string[]>;
  /** Name of who is on call. */
  onCall(): string;
}
