import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs in the background until it ends or the run does. A cancelled run still shows people how it ended, so none of it is
 * cancelled with the run. What is thrown is a defect: it fails the workflow task, visibly.
 */
export function detach(work: () => Promise<void>): void {
  void CancellationScope.nonCancellable(work);
}
