import { defineSignal } from '@temporalio/workflow';

/** A plain Slack message; external text in it is data. */
export interface Notice {
  /** Once per key and channel. */
  readonly key: string;
  /** Names of channels in the configuration. */
  readonly channels: readonly string[];
  /** Names of people who get it as a direct message, too. */
  readonly people?: readonly string[];
  readonly title: string;
  readonly lines: readonly string[];
  readonly links: readonly { label: string; href: string }[];
}

export const resumeNotice = defineSignal<[unknown]>('resume');
