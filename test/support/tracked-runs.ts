import type { WorkflowHandle } from '@temporalio/client';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { payloadConverterPath, sharedBundle } from './workflow-bundle.ts';

/** What a test file started; each is replayed when the file ends. */
export class TrackedRuns {
  private readonly handles: WorkflowHandle[] = [];
  private readonly bundle: () => Promise<WorkflowBundle>;

  /** @param bundle of the workflows that are replayed */
  constructor(bundle = sharedBundle) {
    this.bundle = bundle;
  }

  readonly track = <H extends WorkflowHandle>(handle: H): H => {
    this.handles.push(handle);
    return handle;
  };

  /** To be called while the server still runs. @returns replays; it needs no server */
  async fetchHistories(): Promise<() => Promise<void>> {
    const histories = await Promise.all(
      this.handles.map(async (handle) => ({
        workflowId: handle.workflowId,
        history: await handle.fetchHistory(),
      })),
    );
    return async () => {
      const options = { workflowBundle: await this.bundle(), dataConverter: { payloadConverterPath } };
      for await (const result of Worker.runReplayHistories(options, histories))
        if (result.error) throw new Error(`${result.workflowId} does not replay`, { cause: result.error });
    };
  }
}
