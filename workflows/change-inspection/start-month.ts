import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { changeInspectionId, workflowTypes } from '../shared/names.ts';
import { attributes } from '../shared/search-attributes.ts';
import type { InspectionInput, InspectionPolicy, InspectionStarted } from './messages.ts';

/**
 * The schedule's runs have ids of their own, so the month is in the id of the run that inspects: a month is inspected once,
 * whoever starts it and however often. Nobody waits for it here: it may take weeks, and the next month must not be skipped.
 */
export async function startMonth(month: string, policy: InspectionPolicy): Promise<InspectionStarted> {
  const workflowId = changeInspectionId(month);
  const input: InspectionInput = { month, policy };
  try {
    await startChild(workflowTypes.changeInspection, {
      workflowId,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Random inspection of ${month}`,
      typedSearchAttributes: [{ key: attributes.process, value: 'change-inspection' }],
    });
    return { outcome: 'started', month, workflowId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      return { outcome: 'known-already', month, workflowId };
    throw error;
  }
}
