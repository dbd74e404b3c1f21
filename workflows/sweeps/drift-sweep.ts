import { CancellationScope, isCancellation, log, setWorkflowOptions } from '@temporalio/workflow';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { AccountState, S3Port } from '../../activities/s3/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureMessage } from '../shared/failures.ts';
import { versioned } from '../shared/versioning.ts';
import {
  driftKey,
  driftReport,
  faultsOfManifest,
  isAsRecorded,
  isSettling,
  namedRun,
  type NamedRun,
} from './drift-rules.ts';

export interface DriftSweepInput {
  /** Jira sites by name; what no site can be held to is reported on the first. */
  readonly sites: readonly string[];
  /** Production accounts by name. */
  readonly accounts: readonly string[];
  /** Of the ticket that reports drift. */
  readonly issueType: string;
}

export interface DriftSweepResult {
  /** How many accounts were compared; those that a promotion is just writing are not. */
  readonly checked: number;
  /** Accounts that are not as we left them. */
  readonly drifted: readonly string[];
  /** Keys of the tickets that say so, new or still open. */
  readonly tickets: readonly string[];
  /** Accounts that could not be compared or reported; the next pass tries again. */
  readonly unresolved: readonly string[];
}

/** Reads are repeated while a vendor is down: here the next pass is the repeat. */
const readLimitMs = 10 * 60_000;
/** Comparing streams the object; looking for a ticket that Jira may have created takes three minutes. */
const accountLimitMs = 30 * 60_000;

/**
 * Compares every production account with what the last promotion recorded on its ticket, one short pass an hour; writes one
 * ticket for each account and set of differences. An account that cannot be read does not keep it from the others.
 */
export async function driftSweep(input: DriftSweepInput): Promise<DriftSweepResult> {
  const s3 = activitiesOf<S3Port>('aws-promotion', 'read', { startToCloseMs: accountLimitMs });
  const jira = activitiesOf<JiraPort>('jira', 'read');
  const reports = activitiesOf<JiraPort>('jira', 'write', { startToCloseMs: 15 * 60_000 });
  const temporal = activitiesOf<TemporalPort>('temporal', 'read');
  const total = { checked: 0, drifted: [] as string[], tickets: [] as string[], unresolved: [] as string[] };

  const read = await Promise.all(
    input.accounts.map((account) => within(readLimitMs, account, () => s3.readAccount({ account }))),
  );
  const states = read.filter((state) => state !== undefined);
  for (const state of states) await within(accountLimitMs, state.account, () => check(state));
  return total;

  async function check(state: AccountState): Promise<void> {
    const last = namedRun(state, input.sites);
    const differences = await findDifferences(state, last);
    if (differences === 'in-progress') return;
    total.checked += 1;
    if (differences.length === 0) return;
    total.drifted.push(state.account);
    await report(state.account, differences, last);
  }

  async function findDifferences(state: AccountState, last: NamedRun | undefined) {
    const { account } = state;
    const faults = faultsOfManifest(state, states);
    if (faults.length > 0 || state.manifest !== 'present') return faults;
    if (!last) return ['agent/manifest.json names no ticket and run of ours'];
    const publications = await jira.readPublications({ site: last.site, key: last.ticket });
    const recorded = publications.find((one) => one.account === account);
    if (!isAsRecorded(state, recorded) && (await isInProgress(state, last))) return 'in-progress';
    if (!recorded) return [`${last.ticket} has no record of what was written to ${account}`];
    return s3.findDrift({ account, recorded });
  }

  /** A run records what it wrote when it ends; until then its accounts are its own. */
  async function isInProgress(state: AccountState, { workflowId, runId }: NamedRun): Promise<boolean> {
    if (isSettling(state, Date.now())) return true;
    return runId !== null && (await temporal.describeRun({ workflowId, runId })) === 'running';
  }

  async function report(account: string, differences: readonly string[], last: NamedRun | undefined) {
    const site = last?.site ?? input.sites[0];
    if (site === undefined) return;
    const { ticket } = await reports.createTicket({
      site,
      key: driftKey(account, differences),
      issueType: input.issueType,
      ...driftReport(account, differences, last),
      labels: ['lockkeeper-drift'],
    });
    if (!total.tickets.includes(ticket)) total.tickets.push(ticket);
  }

  /** One account's failure, or its silence, is that account's alone; a cancelled sweep ends. */
  async function within<T>(limitMs: number, account: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await CancellationScope.withTimeout(limitMs, act);
    } catch (error) {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      log.warn('an account could not be compared', { account, reason: failureMessage(error) });
      if (!total.unresolved.includes(account)) total.unresolved.push(account);
      return undefined;
    }
  }
}

setWorkflowOptions(versioned('PINNED'), driftSweep);
