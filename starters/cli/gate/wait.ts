import { randomUUID } from 'node:crypto';
import { changeApprovalId } from '../../../workflows/shared/names.ts';
import type { GateStands } from '../../gates/answers.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { parseSpan } from './clock.ts';
import { readIdentity, wholeIdentity, type IdentityOptions } from './identity.ts';
import type { GateSession } from './open-gate.ts';
import { firstAnswerMs, persist } from './persist.ts';
import { createProgress } from './progress.ts';

export interface WaitOptions extends IdentityOptions {
  readonly timeout?: string;
}

const pollMs = 2_000;
const calmPollMs = 10_000;
/** So long after the last change it is looked at often. */
const livelyMs = 300_000;
/** After a "not now" the next attempt to begin is so much later, doubled each time. */
const firstPauseMs = 30_000;
const longestPauseMs = 300_000;

/** Where it is approved, the attempt to begin is made: the workflow looks at everything once more (C-10…C-12). */
const beginsIn: readonly GateStands['state'][] = ['approved', 'go', 'deploying'];

const ends: Readonly<Partial<Record<GateStands['state'], ExitCode>>> = {
  rejected: exitCodes.gateRejected,
  cancelled: exitCodes.gateCancelled,
  expired: exitCodes.gateExpired,
  // by somebody before: no approval covers it twice
  deployed: exitCodes.failed,
};

type Identity = ReturnType<typeof readIdentity<(typeof wholeIdentity)[number]>>;

/** Blocks until this job may deploy, or never may. */
export async function waitAtGate(session: GateSession, options: WaitOptions): Promise<ExitCode> {
  const { clock, env } = session;
  const identity = readIdentity(options, env, wholeIdentity);
  const timeoutMs = toTimeout(options.timeout);
  return createWait(session, identity, clock.now() + timeoutMs).run();
}

function toTimeout(text: string | undefined): number {
  const span = text === undefined ? Infinity : parseSpan(text);
  if (span !== undefined) return span;
  throw new CliError(
    exitCodes.usage,
    `--timeout: ${text} is no span`,
    'Give one such as 90s, 30m, 12h or 60d.',
  );
}

function createWait(session: GateSession, identity: Identity, deadlineMs: number) {
  const { gate, clock, output } = session;
  const workflowId = changeApprovalId(identity);
  const { buildJob, build, branch, sha, action } = identity;
  const progress = createProgress(output, clock);
  let attempt: string | null = null;
  let nextAttemptAt = 0;
  let pauseMs = firstPauseMs;
  let untilMs = Math.min(deadlineMs, clock.now() + firstAnswerMs);

  const calling = <T>(call: () => Promise<T>) =>
    persist(call, { clock, untilMs, onTrouble: (text) => progress.tell(text) });

  /** @returns the exit code once the workflow has answered this job's own attempt */
  function judge(stands: GateStands): ExitCode | undefined {
    const own = stands.attempts.find((one) => one.attempt === attempt);
    if (!own || own.answer === 'pending') return ends[stands.state];
    progress.tell(own.text);
    if (own.answer === 'go') return exitCodes.ok;
    if (own.answer === 'mismatch') return exitCodes.gateMismatch;
    attempt = null;
    nextAttemptAt = clock.now() + pauseMs;
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    return ends[stands.state];
  }

  async function beginIfApproved({ state }: GateStands): Promise<void> {
    if (attempt !== null || !beginsIn.includes(state) || clock.now() < nextAttemptAt) return;
    const fresh = randomUUID();
    try {
      await calling(() => gate.tell(workflowId, 'begin', { attempt: fresh, buildJob, build, branch, sha }));
      attempt = fresh;
    } catch (error) {
      // it has ended meanwhile: the next look says how
      if (!(error instanceof CliError) || error.exitCode !== exitCodes.notFound) throw error;
    }
  }

  return {
    async run(): Promise<ExitCode> {
      for (;;) {
        const seen = await calling(() => gate.view(workflowId, { buildJob, branch, sha, action }));
        untilMs = deadlineMs;
        if (!seen.gated) {
          output.print(seen, [seen.text]);
          return exitCodes.ok;
        }
        progress.show(seen);
        const code = judge(seen);
        if (code !== undefined) return code;
        await beginIfApproved(seen);
        const isLively = attempt !== null || clock.now() - progress.changedAt() < livelyMs;
        const waitMs = isLively ? pollMs : calmPollMs;
        if (clock.now() + waitMs > deadlineMs) {
          progress.tell('Still waiting: the time of --timeout is over. The change goes on; wait again.');
          return exitCodes.gateStillWaiting;
        }
        await clock.sleep(waitMs);
      }
    },
  };
}
