import type { Publication } from '../../activities/jira/port.ts';
import type { AccountState } from '../../activities/s3/port.ts';
import { paragraph, type TicketComment } from '../shared/comment.ts';

/** The ticket and the run that a manifest's current entry names; the manifest is external text. */
export interface NamedRun {
  readonly site: string;
  readonly ticket: string;
  readonly workflowId: string;
  readonly runId: string | null;
}

/** A manifest so young may have a promotion behind it that has not recorded it yet. */
const settlingMs = 10 * 60_000;

/** @returns undefined when the entry names no ticket of ours: of one of the sites, written by a promotion or a rollback */
export function namedRun({ entry }: AccountState, sites: readonly string[]): NamedRun | undefined {
  const { ticket, workflow_id: workflowId, run_id: runId } = entry ?? {};
  if (typeof ticket !== 'string' || typeof workflowId !== 'string') return undefined;
  const site = /^(?:agent-promotion|promotion-rollback):([^:/]+):[0-9]{1,19}$/.exec(workflowId)?.[1];
  if (site === undefined || !sites.includes(site)) return undefined;
  if (!/^[A-Z][A-Z0-9_]{0,99}-[0-9]{1,19}$/.test(ticket)) return undefined;
  return { site, ticket, workflowId, runId: typeof runId === 'string' ? runId : null };
}

/** Nobody has written the manifest since it was recorded: whatever differs is drift, whatever runs. */
export function isAsRecorded(state: AccountState, recorded: Publication | undefined): boolean {
  return recorded !== undefined && recorded.manifestVersionId === state.manifestVersionId;
}

/** Written a moment ago by what it says; a time in the future is nobody's moment ago. */
export function isSettling({ entry }: AccountState, nowMs: number): boolean {
  const at = Date.parse(typeof entry?.uploaded_at === 'string' ? entry.uploaded_at : '');
  return at <= nowMs + 60_000 && nowMs - at < settlingMs;
}

/** What is wrong with a manifest by itself; empty when it has to be compared with what was recorded. */
export function faultsOfManifest(state: AccountState, others: readonly AccountState[]): string[] {
  if (state.manifest === 'unreadable') return ['agent/manifest.json cannot be read'];
  const othersHave = others.some(
    ({ account, manifest }) => account !== state.account && manifest !== 'absent',
  );
  return state.manifest === 'absent' && othersHave
    ? ['agent/manifest.json is not there, and other accounts have one']
    : [];
}

/** One ticket for each account and set of differences, whatever their order. */
export function driftKey(account: string, differences: readonly string[]): string {
  const sorted = [...differences].sort((a, b) => (a < b ? -1 : 1));
  return `drift-sweep/${sorted.join('; ').slice(0, 8_000)}/${account}`;
}

export function driftReport(
  account: string,
  differences: readonly string[],
  last: NamedRun | undefined,
): { readonly summary: string; readonly body: TicketComment } {
  return {
    summary: `Drift in ${account}: it is not what the last promotion left there`,
    body: [
      paragraph(`The production account ${account} differs from what Lockkeeper wrote there:`),
      { type: 'list', items: differences },
      paragraph(
        last
          ? `Last promotion: ${last.ticket} (run ${last.workflowId}).`
          : 'The manifest names no promotion of ours.',
      ),
      paragraph(
        'What to do: find out who wrote to the bucket (CloudTrail, versions of the object). If nobody should have, treat it as an incident and freeze promotions. Then promote the wanted version again, which repairs the account, or roll it back, and close this ticket. A difference that is still there after that is reported anew.',
      ),
    ],
  };
}
