import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ApprovalPolicy } from '../approval/messages.ts';

/** `auto-approval` runs for ever from the first time it is switched off; no such workflow = on. */
export interface AutoApprovalInput {
  readonly runLinkBase: string;
  readonly carried?: { readonly off: SwitchedOff | null };
  /** Continue as new beyond this history length; while it is off, beyond five times as much. Default 2,000 events. */
  readonly maxHistoryLength?: number;
}

export interface SwitchedOff {
  readonly by: string;
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly since: string;
  /** Who must approve switching it on again. */
  readonly approval: ApprovalPolicy;
}

export interface AutoApprovalView {
  readonly on: boolean;
  readonly since: string | null;
  readonly reason: string | null;
}

/** {by, reason, approval}: it can only become stricter by a signal; switching on again is a signed decision. */
export const switchOff = defineSignal<[unknown]>('switchOff');
export const autoApproval = defineQuery<AutoApprovalView>('autoApproval');
