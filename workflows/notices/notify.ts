import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { noticeId } from '../shared/names.ts';
import type { Notice } from './messages.ts';
import { deliverNotice } from './workflow.ts';

/** Tells channels, by a run of its own that outlives the caller. Nobody to tell: nothing. A reset run's notice is on its way already. */
export async function notify(notice: Notice): Promise<void> {
  if (notice.channels.length === 0 && !notice.people?.length) return;
  await startChild(deliverNotice, {
    workflowId: noticeId(notice.key),
    args: [notice],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: notice.title,
  }).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  });
}
