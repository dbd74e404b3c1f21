import type { TypedSearchAttributes } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { toChecklist, type ProgressReport, type ProgressStep } from './progress.ts';
import { attributes } from './search-attributes.ts';

export interface Known {
  readonly ticket?: string;
  readonly target?: string;
  readonly decision?: string;
  readonly risk?: string;
}

export interface Progress<N extends string> {
  /** A step begins: what the run waits for is cleared. */
  start(step: N, note?: string): void;
  finish(step: N, note?: string): void;
  fail(step: N, note: string): void;
  /** `code` as in design §6; empty = it works. */
  waitFor(code: string, dueBy?: string): void;
  describe(known: Known): void;
  /** Not needed in this run. */
  skip(step: N): void;
  ignore(): void;
  /** The run is over: the phase says how, so that lists tell a failed promotion from a done one. */
  end(outcome: string, known?: Known): void;
  /** The step that runs now, or ran last. */
  current(): N;
  report(): ProgressReport;
}

/**
 * What people see of a run: the `status` query, the checklist and the search attributes, from one state.
 * @param given what whoever started the run has set already: it is not written again
 */
export function createProgress<N extends string>(
  process: string,
  stepNames: Readonly<Record<N, string>>,
  given?: TypedSearchAttributes,
): Progress<N> {
  const names = Object.keys(stepNames) as [N, ...N[]];
  const steps = new Map<N, ProgressStep>(
    names.map((name) => [name, { name: stepNames[name], state: 'open', note: '' }]),
  );
  const seen = {
    ...{ phase: given?.get(attributes.phase) ?? '', target: given?.get(attributes.target) ?? '' },
    ...{ ticket: '', waitingOn: '', dueBy: '', decision: '', risk: '' },
  };
  let current = names[0];
  let ended: string | undefined;
  let ticket: string | null = null;
  let target: string | null = null;
  let decision = '';
  let risk = '';
  let waitingOn = '';
  let dueBy: string | null = null;
  let ignored = 0;

  function set(step: N, state: ProgressStep['state'], note: string | undefined) {
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
      decision,
      risk,
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

  function learn(known: Known): void {
    ticket = known.ticket ?? ticket;
    target = known.target ?? target;
    decision = known.decision ?? decision;
    risk = known.risk ?? risk;
  }

  function report(): ProgressReport {
    return {
      process,
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
    skip: (step) => set(step, 'skipped', undefined),
    waitFor(code, due) {
      waitingOn = code.slice(0, 80);
      dueBy = due ?? null;
      show();
    },
    describe(known) {
      learn(known);
      show();
    },
    end(outcome, known = {}) {
      learn(known);
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
