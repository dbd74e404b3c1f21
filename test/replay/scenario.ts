import type { Client, WorkflowHandle } from '@temporalio/client';

export interface RecordingWorld {
  readonly client: Client;
  track<H extends WorkflowHandle>(handle: H): H;
}

/** Plays one story to its end. @returns the run whose history is kept */
export type Scenario = (world: RecordingWorld) => Promise<WorkflowHandle>;
