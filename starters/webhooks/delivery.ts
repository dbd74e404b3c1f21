import { createHash } from 'node:crypto';
import type { Config } from '../../config/parse-config.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { SnsCalls } from './sns/sns-calls.ts';

/** One request to a webhook route, its body as it came over the wire. */
export interface Delivery {
  readonly rawBody: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The site in the URL, if there is one. */
  readonly site?: string | undefined;
}

/** What became of a delivery that was taken. */
export interface Handled {
  readonly result: 'started' | 'signalled' | 'not-running' | 'ignored' | 'confirmed';
  readonly workflowId?: string;
  readonly reason?: string;
}

export interface WebhookContext {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly temporal: TemporalStarter;
  /** Milliseconds. */
  readonly now: () => number;
  readonly sns: SnsCalls;
}

/** @throws WebhookRefusal; anything else means that Temporal did not accept it */
export type WebhookHandler = (delivery: Delivery, context: WebhookContext) => Promise<Handled>;

/** The vendor's id, the same on every retry; without one, the body names the delivery. */
export function deliveryIdOf(vendorId: string | undefined, rawBody: Buffer): string {
  if (vendorId !== undefined && /^[\x21-\x7e]{1,200}$/.test(vendorId)) return vendorId;
  return `sha256:${createHash('sha256').update(rawBody).digest('hex')}`;
}
