import { defineSignal } from '@temporalio/workflow';
import type { IncidentPolicy } from '../incident-sync/messages.ts';

export interface IncidentIntakeInput {
  readonly connection: string;
  /**
   * Numeric id; or the issue's key, all that Jira Automation's rule sends: such a run only reads the numeric id and tells the
   * intake of that id, so that an issue has one intake whoever speaks of it.
   */
  readonly issueId: string;
  readonly policy: IncidentPolicy;
}

/** What became of an issue that somebody looked at. */
export interface IncidentIntakeResult {
  readonly outcome: 'told' | 'created' | 'not-eligible' | 'gone';
  readonly caseId: string | null;
  readonly reason: string | null;
}

/** {deliveryId, event}: a webhook, the SNS route or the sweep spoke of the issue. */
export const issueChanged = defineSignal<[unknown]>('issueChanged');
