import type {
  TemporalStarter,
  WorkflowSignal,
  WorkflowStart,
} from '../../activities/temporal/temporal-starter.ts';

export interface TemporalDouble extends TemporalStarter {
  readonly started: { readonly start: WorkflowStart; readonly signal?: WorkflowSignal }[];
  readonly signalled: { readonly workflowId: string; readonly signal: WorkflowSignal }[];
  readonly running: Set<string>;
  /** Of every ticket. */
  found: readonly string[];
  /** Thrown by every verb while it is set. */
  outage: Error | undefined;
}

/** Temporal as far as starters know it, in memory. */
export function createTemporalDouble(): TemporalDouble {
  const double: TemporalDouble = {
    started: [],
    signalled: [],
    running: new Set(),
    found: [],
    outage: undefined,
    async signalWithStart(start, signal) {
      failIfDown();
      double.started.push({ start, signal });
      double.running.add(start.workflowId);
    },
    async start(start) {
      failIfDown();
      if (double.running.has(start.workflowId)) return false;
      double.started.push({ start });
      double.running.add(start.workflowId);
      return true;
    },
    async findRunning() {
      failIfDown();
      return double.found;
    },
    async signal(workflowId, signal) {
      failIfDown();
      double.signalled.push({ workflowId, signal });
      return double.running.has(workflowId);
    },
  };
  function failIfDown() {
    if (double.outage) throw double.outage;
  }
  return double;
}
