import type { PinnedObject } from '../activities/s3/port.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';

export const productionNames = ['prod-a', 'prod-b', 'prod-c'] as const;
export type ProductionName = (typeof productionNames)[number];

/** What the parent tells a publishing process, as one line of JSON on its standard input. */
export interface PublishJob {
  readonly how: 'publishObject' | 'baseline';
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly roles: {
    readonly runner: string;
    readonly agentDeploy: string;
    readonly externalId?: string | undefined;
    readonly publish: Readonly<Record<ProductionName, string>>;
  };
  readonly accounts: Endpoints['accounts'];
  readonly version: string;
  readonly tested: PinnedObject;
  /** Bytes. */
  readonly partSize: number;
}

/** What it answers, as one line of JSON on its standard output. */
export interface PublishResult {
  /** Milliseconds for all accounts, one after the other as in a promotion. */
  readonly ms: number;
  /** Bytes: the highest RSS of the process minus the RSS before the first byte. */
  readonly rssGrowth: number;
}
