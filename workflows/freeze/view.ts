import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { toChecklist, type ProgressReport } from '../shared/progress.ts';
import { attributes } from '../shared/search-attributes.ts';
import { describeHold } from './holds.ts';
import type { Hold } from './messages.ts';

export interface FreezeView {
  show(holds: readonly Hold[]): void;
  /** As `Progress.waitFor`. */
  readonly waitFor: (code: string, dueBy?: string) => void;
  report(): ProgressReport;
}

/** What people see of `freeze`, from one state: the `status` query, the current details and the search attributes. */
export function createView(trouble: () => string): FreezeView {
  let holds: readonly Hold[] = [];
  let waitingOn = '';
  let dueBy: string | null = null;
  let seen = '';

  const phase = () => (holds.length > 0 ? 'held' : 'open');

  function report(): ProgressReport {
    const steps = holds.map((hold) => ({
      name: 'Hold',
      state: 'running' as const,
      note: describeHold(hold),
    }));
    const problem = trouble();
    return {
      process: 'freeze',
      phase: phase(),
      ticket: null,
      target: null,
      waitingOn,
      dueBy,
      steps: problem ? [...steps, { name: 'Asking', state: 'failed', note: problem }] : steps,
      ignored: 0,
    };
  }

  /** Only what changed is written: each upsert is an event of the history. */
  function write() {
    setCurrentDetails(toChecklist(report()) || 'Nothing is held.');
    const now = JSON.stringify([phase(), waitingOn, dueBy]);
    if (now === seen) return;
    seen = now;
    upsertSearchAttributes([
      { key: attributes.process, value: 'freeze' },
      { key: attributes.phase, value: phase() },
      { key: attributes.waitingOn, value: waitingOn || null },
      { key: attributes.dueBy, value: dueBy === null ? null : new Date(dueBy) },
    ]);
  }

  return {
    show(current) {
      holds = current;
      write();
    },
    waitFor(code, due) {
      waitingOn = code.slice(0, 80);
      dueBy = due ?? null;
      write();
    },
    report,
  };
}
