import type { Turn } from '../../workflows/shared/turn.ts';

/** GitLab's pipeline statuses, folded to what a waiting run needs to know. */
export type PipelineState = 'running' | 'success' | 'failed' | 'canceled';

export interface PipelineJob {
  readonly name: string;
  /** GitLab's own word. */
  readonly status: string;
  readonly webUrl: string;
  /** The last lines of the trace of a failed job, at most 2,000 characters, control characters removed; else empty. */
  readonly traceTail: string;
}

export interface Pipeline {
  readonly pipelineId: number;
  readonly webUrl: string;
  readonly state: PipelineState;
  /** GitLab's own word. */
  readonly status: string;
  readonly jobs: readonly PipelineJob[];
}

/** What the processes need of GitLab; project and ref come from the configuration of the worker. */
export interface GitlabPort {
  /** At most one pipeline per key: the variable LOCKKEEPER_RUN carries it and is looked for before a repeat. */
  ensurePipeline(input: {
    key: string;
    variables: Readonly<Record<string, string>>;
    turn?: Turn;
  }): Promise<{ pipelineId: number; webUrl: string; adopted: boolean }>;
  /** @throws NotFound */
  readPipeline(input: { pipelineId: number }): Promise<Pipeline>;
  /** Ended already is success. */
  cancelPipeline(input: { pipelineId: number }): Promise<void>;
}
