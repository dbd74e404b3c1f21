import { isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import type { FindingsPort } from '../../activities/findings/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureMessage, failureType } from '../shared/failures.ts';
import {
  findings,
  type FindingPolicy,
  type HaloSyncState,
  type PassKind,
  type PassReport,
} from './messages.ts';
import { afterPage, emptyState, failPass, finishPass, nextPage, startPass } from './pass.ts';
import { toView } from './view.ts';

export interface DryRun {
  /** Names the report. */
  readonly requestId: string;
  readonly policy: FindingPolicy;
  /** For a backfill: ISO 8601 UTC. */
  readonly since: string | null;
  /** Of the sync itself, which this does not touch; null: it never ran. */
  readonly watermark: string | null;
  readonly carried?: HaloSyncState;
}

/**
 * A pass that reads everything and writes nothing: its counts say what would be done. Nobody is asked about a flood.
 * @param goOn in a new run, as soon as the history is long
 */
export async function runDry(
  kind: PassKind,
  dryRun: DryRun,
  goOn: (carried: HaloSyncState) => Promise<never>,
): Promise<PassReport> {
  const { requestId, since, watermark, carried } = dryRun;
  const policy: FindingPolicy = { ...dryRun.policy, flood: null };
  const asked: HaloSyncState = {
    ...emptyState,
    watermark,
    waiting: [{ kind, since, requestId }],
  };
  let state = carried ?? startPass(asked, policy, Date.now());
  setHandler(findings, () => toView(policy, state));
  const { heartbeatSeconds } = policy;
  const { syncPage } = activitiesOf<FindingsPort>('halo', 'write', {
    heartbeatSeconds,
    startToCloseMs: 600_000,
  });
  for (let page = nextPage(state, policy); page; page = nextPage(state, policy)) {
    try {
      state = afterPage(state, page, await syncPage({ ...page, dryRun: true }), Date.now());
    } catch (error) {
      if (isCancellation(error)) throw error;
      // who follows it reads the report, not the run
      state = failPass(state, `${failureType(error)}: ${failureMessage(error)}`, Date.now());
    }
    if (workflowInfo().continueAsNewSuggested) await goOn(state);
  }
  state = finishPass(state, Date.now());
  return state.reports.at(-1) as PassReport;
}
