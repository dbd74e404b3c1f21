import type { SandboxAws } from '../aws/start-aws.ts';
import { responder, service, type Principal } from './model.ts';

export type CaseEventKind =
  'Case Created' | 'Case Updated' | 'Case Closed' | 'Case Comment Added' | 'Case Comment Updated';

/** What EventBridge is given; it adds version, id and time. */
export interface CaseEvent {
  readonly source: 'aws.security-ir';
  readonly detailType: CaseEventKind;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, string>>;
}

/** `times` over 1: the same event, id and all, again. */
export type Publish = (event: CaseEvent, times: number) => Promise<unknown>;

export const eventModes = ['deliver', 'drop', 'duplicate', 'hold'] as const;
export type EventMode = (typeof eventModes)[number];

export interface EventSettings {
  readonly mode: EventMode;
  /** Each event goes out so much later. */
  readonly delayMs?: number | undefined;
  /** Of those that were held: the newest first. */
  readonly reversed?: boolean | undefined;
}

export type CaseEvents = ReturnType<typeof createCaseEvents>;

/** Events of cases on their way to EventBridge: at least once, usually soon, and worse when a control says so. */
export function createCaseEvents(options: { account: string; region: string; publish: Publish }) {
  const { account, region, publish } = options;
  const counts = { sent: 0, dropped: 0, failed: 0 };
  const held: CaseEvent[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let settings: EventSettings = { mode: 'deliver' };
  let line: Promise<unknown> = Promise.resolve();

  function send(event: CaseEvent, times: number) {
    line = line
      .then(() => publish(event, times))
      .then(
        () => (counts.sent += times),
        (error: unknown) => {
          counts.failed += 1;
          process.stderr.write(`sandbox security-ir: event ${event.detailType}: ${String(error)}\n`);
        },
      );
  }

  function dispatch(event: CaseEvent) {
    const times = settings.mode === 'duplicate' ? 2 : 1;
    if (!settings.delayMs) return send(event, times);
    const timer = setTimeout(() => {
      timers.delete(timer);
      send(event, times);
    }, settings.delayMs);
    timers.add(timer.unref());
  }

  return {
    /** @param by whoever caused it */
    emit(kind: CaseEventKind, { caseId, caseArn }: { caseId: string; caseArn: string }, by: Principal) {
      const who = kind === 'Case Created' || kind === 'Case Comment Added' ? 'createdBy' : 'updatedBy';
      const event: CaseEvent = {
        ...{ source: 'aws.security-ir', detailType: kind, account, region, resources: [caseArn] },
        detail: { caseId, [who]: by === responder || by === service ? by : account },
      };
      if (settings.mode === 'drop') counts.dropped += 1;
      else if (settings.mode === 'hold') held.push(event);
      else dispatch(event);
    },
    /** Anything but `hold` lets go of what is held first; `drop` loses it. */
    set(next: EventSettings) {
      settings = next;
      if (next.mode === 'hold') return;
      const waiting = held.splice(0);
      if (next.mode === 'drop') counts.dropped += waiting.length;
      else for (const event of next.reversed ? waiting.reverse() : waiting) dispatch(event);
    },
    /** When everything that was on its way has arrived. */
    settled: () => line.then(() => ({ ...counts, held: held.length, delayed: timers.size })),
    reset() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      held.length = 0;
      Object.assign(counts, { sent: 0, dropped: 0, failed: 0 });
      settings = { mode: 'deliver' };
    },
  };
}

/** By the emulator's EventBridge: its rule decides which queue hears of it. */
export const emulatorEvents =
  ({ ask }: Pick<SandboxAws, 'ask'>): Publish =>
  (event, times) =>
    ask('event', { ...event, times });
