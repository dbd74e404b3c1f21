import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { toChecklist, type ProgressReport, type ProgressStep } from '../shared/progress.ts';
import { attributes } from '../shared/search-attributes.ts';

export const stepNames = {
  version: 'Check Agent-Version',
  turn: 'Wait for the turn',
  fetch: 'Pin the installer in the SOC bucket',
  testCopy: 'Copy it to the test bucket',
  pipeline: 'Verify it in the GitLab pipeline',
  instance: 'Install and check it on a test instance',
  publish: 'Publish to every production account',
  report: 'Report on the ticket',
} as const;
export type StepName = keyof typeof stepNames;

export interface Progress {
  /** A step begins: what the run waits for is cleared. */
  start(step: StepName, note?: string): void;
  finish(step: StepName, note?: string): void;
  fail(step: StepName, note: string): void;
  /** `code` as in design §6; empty = it works. */
  waitFor(code: string, dueBy?: string): void;
  describe(known: { ticket?: string; target?: string }): void;
  ignore(): void;
  /** The run is over: the phase says how, so that lists tell a failed promotion from a done one. */
  end(outcome: string): void;
  /** The step that runs now, or ran last. */
  current(): StepName;
  report(): ProgressReport;
}

/** What people see of a run: the `status` query, the checklist and the search attributes, from one state. */
export function createProgress(): Progress {
  const steps = new Map<StepName, ProgressStep>(
    (Object.keys(stepNames) as StepName[]).map((name) => [
      name,
      { name: stepNames[name], state: 'open', note: '' },
    ]),
  );
  const seen = { phase: '', ticket: '', target: '', waitingOn: '', dueBy: '' };
  let current: StepName = 'version';
  let ended: string | undefined;
  let ticket: string | null = null;
  let target: string | null = null;
  let waitingOn = '';
  let dueBy: string | null = null;
  let ignored = 0;

  function set(step: StepName, state: ProgressStep['state'], note: string | undefined) {
    const old = steps.get(step);
    steps.set(step, { name: stepNames[step], state, note: note ?? old?.note ?? '' });
    if (state === 'running') current = step;
    waitingOn = '';
    dueBy = null;
    show();
  }

  /** Only what changed is written: each upsert is an event of the history. */
  function show() {
    setCurrentDetails(toChecklist(report()));
    const now = {
      phase: ended ?? current,
      ticket: ticket ?? '',
      target: target ?? '',
      waitingOn,
      dueBy: dueBy ?? '',
    };
    const changed = (Object.keys(now) as (keyof typeof now)[]).filter((key) => now[key] !== seen[key]);
    if (changed.length === 0) return;
    Object.assign(seen, now);
    upsertSearchAttributes(
      changed.map((key) =>
        key === 'dueBy'
          ? { key: attributes.dueBy, value: dueBy === null ? null : new Date(dueBy) }
          : { key: attributes[key], value: now[key] === '' ? null : now[key] },
      ),
    );
  }

  function report(): ProgressReport {
    return {
      process: 'agent-promotion',
      phase: ended ?? current,
      ticket,
      target,
      waitingOn,
      dueBy,
      steps: [...steps.values()],
      ignored,
    };
  }

  return {
    start: (step, note) => set(step, 'running', note),
    finish: (step, note) => set(step, 'done', note),
    fail: (step, note) => set(step, 'failed', firstLine(note)),
    waitFor(code, due) {
      waitingOn = code.slice(0, 80);
      dueBy = due ?? null;
      show();
    },
    describe(known) {
      ticket = known.ticket ?? ticket;
      target = known.target ?? target;
      show();
    },
    end(outcome) {
      ended = outcome;
      show();
    },
    ignore: () => void (ignored += 1),
    current: () => current,
    report,
  };
}

/** What an installer printed may be long; the ticket has more of it. */
function firstLine(note: string): string {
  return (note.split('\n')[0] ?? '').slice(0, 200);
}
