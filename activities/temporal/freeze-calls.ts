import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { asyncLocalStorage } from '@temporalio/activity';
import type { Config } from '../../config/parse-config.ts';
import { holds, openWave, watchHolds, waveState, type Hold } from '../../workflows/freeze/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { freezeId, promotionQueueId, workflowTypes } from '../../workflows/shared/names.ts';
import { nextOpening, windowsAt } from './calendar.ts';
import type { HoldsReport, TemporalPort } from './port.ts';

export interface FreezeCallOptions {
  readonly client: Client;
  /** Left out: nothing is ever held. */
  readonly freeze?: Config['freeze'] | undefined;
  readonly now?: () => number;
  /** Of one call, ms. Default 5,000. */
  readonly deadlineMs?: number;
}

type HeldBy = HoldsReport['holds'][number];

/** Reads may be repeated, and so may `openWave`: the workflow remembers which wave began. No answer means held. */
export function createFreezeCalls(options: FreezeCallOptions): Pick<TemporalPort, 'readHolds' | 'openWave'> {
  const { client, freeze, now = Date.now, deadlineMs = 5_000 } = options;
  const handle = () => client.workflow.getHandle(freezeId);
  const soon = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + deadlineMs, call);

  function findWindows(hotfix: boolean): readonly HeldBy[] {
    const windows = freeze?.windows ?? [];
    const at = new Date(now());
    const active = windowsAt(windows, at, { hotfix });
    const until = active.length === 0 ? null : nextOpening(windows, at, { hotfix });
    return active.map(({ name, reason }) => ({
      kind: 'calendar',
      source: name,
      reason,
      until: until?.toISOString() ?? null,
    }));
  }

  /** A closed workflow still answers queries, by what it once knew; a foreign one answers whatever it likes. */
  async function requireRunning(): Promise<void> {
    const { status, type } = await soon(() => handle().describe());
    if (status.name !== 'RUNNING' || type !== workflowTypes.freeze)
      throw new WorkflowNotFoundError('', freezeId, undefined);
  }

  /** Who is held by people hears of it when they lift it; the queue always does. */
  async function watch(): Promise<void> {
    const caller = asyncLocalStorage.getStore()?.info.workflowExecution;
    if (!caller || caller.workflowId === promotionQueueId) return;
    await soon(() => handle().signal(watchHolds, { ...caller }));
  }

  return {
    async readHolds({ hotfix }) {
      if (!freeze) return { open: true, holds: [] };
      return failClosed(async () => {
        await requireRunning();
        const found = await soon(() => handle().query(holds));
        const standing = found.filter(({ until }) => until === null || Date.parse(until) > now());
        if (standing.length > 0) await watch();
        return toReport([...standing.map(toHeldBy), ...findWindows(hotfix)]);
      });
    },

    async openWave({ hotfix, ...request }) {
      if (!freeze) return { open: true, openedAt: new Date(now()).toISOString() };
      return failClosed(async () => {
        await requireRunning();
        const windows = request.overrideRequestId === undefined ? findWindows(hotfix) : [];
        if (windows.length === 0)
          return await soon(() => handle().executeUpdate(openWave, { args: [request] }));
        // it began before the window did, and its answer was lost
        const begun = await soon(() => handle().query(waveState, request));
        return begun ? { open: true, openedAt: begun.openedAt } : toReport(windows);
      });
    },
  };
}

/** @throws InvalidInput when `freeze` refuses the form of the request: no wait would mend that */
async function failClosed<T>(ask: () => Promise<T>): Promise<T | HoldsReport> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw createFailure('InvalidInput', `freeze: ${error.cause?.message ?? error.message}`, {
        cause: error,
      });
    const isAbsent = error instanceof WorkflowNotFoundError;
    const said = error instanceof Error ? error.message.slice(0, 200) : 'no reason given';
    const problem = isAbsent ? 'does not run' : `does not answer (${said})`;
    const reason = `the workflow ${freezeId} ${problem}, so nothing begins; run lockkeeper setup`;
    return toReport([{ kind: 'no-answer', source: freezeId, reason, until: null }]);
  }
}

function toHeldBy({ kind, source, reason, until }: Hold): HeldBy {
  return { kind, source, reason, until };
}

function toReport(held: readonly HeldBy[]): HoldsReport {
  return { open: held.length === 0, holds: held };
}
