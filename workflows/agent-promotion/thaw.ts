import { condition } from '@temporalio/workflow';
import type { HoldsReport } from '../../activities/temporal/port.ts';
import type { ApprovalRequest } from '../approval/approvals.ts';
import type { Grant } from '../approval/messages.ts';
import { toExceptionEvidence } from './evidence.ts';
import type { PendingWave } from './pending-wave.ts';
import type { Begun, Run } from './run.ts';
import { isHotfix, type TurnKeeper } from './turn.ts';

const lookAgainMs = 10 * 60 * 1000;

/** How a run meets a freeze: it waits without the turn, shows why and until when, and may be let through by people. */
export interface Thaw {
  /** Looks once; held, it waits for something to change. @returns the exception's grant, null where none is needed, undefined to look at everything again */
  pass(wave: PendingWave): Promise<Grant | null | undefined>;
  /** Begins the wave at `freeze`. @returns false when something is held after all */
  open(wave: PendingWave, exception: Grant | null): Promise<boolean>;
  readonly requests: () => readonly ApprovalRequest[];
}

export interface ThawOptions {
  readonly run: Run;
  readonly begun: Begun;
  readonly turn: TurnKeeper;
  /** @throws when the ticket is not ours any more or a newer request takes its place */
  readonly look: (request?: ApprovalRequest) => Promise<void>;
}

export function createThaw({ run, begun, turn, look }: ThawOptions): Thaw {
  const exceptions = new Map<string, ApprovalRequest>();
  const { state, policy } = run;

  async function pass(wave: PendingWave): Promise<Grant | null | undefined> {
    if (!policy.freezes || run.plan) return null;
    const seen = state.holdChanges;
    const report = await readHolds();
    if (report.open) return null;
    const request = await exceptionFor(wave, report);
    const settlement = request?.settlement();
    if (settlement?.outcome === 'approved') return settlement.grant;
    await turn.give();
    const until = report.holds
      .map((hold) => hold.until)
      .filter((time) => time !== null)
      .sort()[0];
    const reasons = report.holds.map(({ source, reason }) => `${source}: ${reason}`).join('; ');
    run.progress.start('publish', `held: ${reasons}`.slice(0, 200));
    run.progress.waitFor('freeze', until);
    const ms =
      until === undefined
        ? lookAgainMs
        : Math.min(lookAgainMs, Math.max(1000, Date.parse(until) - Date.now()));
    const woken = () =>
      state.holdChanges > seen ||
      state.ticketDirty ||
      state.supersededBy !== undefined ||
      state.paused ||
      !!request?.settlement();
    await condition(woken, ms, { summary: `held: ${reasons}`.slice(0, 100) });
    await look(request);
    run.progress.waitFor('');
    return undefined;
  }

  /** Asked silently: nobody is told before somebody wants it. */
  async function exceptionFor(wave: PendingWave, report: HoldsReport): Promise<ApprovalRequest | undefined> {
    if (!policy.exception) return undefined;
    const known = exceptions.get(wave.name);
    const settled = known?.settlement();
    if (known && (!settled || settled.outcome === 'approved')) return known;
    const request = await run.approvals.ask({
      name: `exception-${wave.name}-${exceptions.size + 1}`,
      evidence: toExceptionEvidence(begun, wave, report.holds, run),
      policy: policy.exception,
      ticket: null,
      counts: 'override',
      silent: true,
    });
    exceptions.set(wave.name, request);
    return request;
  }

  async function open(wave: PendingWave, exception: Grant | null): Promise<boolean> {
    if (!policy.freezes) return true;
    const { workflowId, runId } = run;
    const override = exception === null ? {} : { overrideRequestId: exception.requestId };
    const hotfix = isHotfix(run, begun.ticket);
    const request = { workflowId, runId, wave: wave.name, hotfix, ...override };
    return (await run.call('temporal', () => run.temporal.openWave(request))).open;
  }

  function readHolds(): Promise<HoldsReport> {
    const hotfix = isHotfix(run, begun.ticket);
    return run.call('temporal', () => run.temporal.readHolds({ hotfix }));
  }

  return { pass, open, requests: () => [...exceptions.values()] };
}
