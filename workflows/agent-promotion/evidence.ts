import type { AccountState, PinnedInstaller, PinnedObject } from '../../activities/s3/port.ts';
import type { Evidence } from '../approval/messages.ts';
import type { Begun } from './run.ts';

export interface TestedInstaller {
  readonly tested: PinnedObject;
  readonly signature: PinnedInstaller['signature'] | 'of an earlier run';
  readonly pipelineUrl: string;
  readonly instanceId: string;
}

/** What people are shown before bytes reach production, and what their approval is for: exactly this, for this run. */
export function toPromotionEvidence(
  { ticket, version }: Begun,
  { tested, signature, pipelineUrl, instanceId }: TestedInstaller,
  accounts: readonly AccountState[],
  run: { readonly runId: string; readonly runLink: string; readonly hotfix: boolean },
): Evidence {
  const names = accounts.map(({ account }) => account);
  return {
    kind: 'agent-promotion',
    title: `Publish agent ${version} to ${names.join(', ')} (${ticket.key})`,
    subject: {
      runId: run.runId,
      ticket: ticket.key,
      version,
      sha256: tested.sha256,
      size: tested.size,
      accounts: names,
      hotfix: run.hotfix,
    },
    facts: [
      ...(run.hotfix ? [{ label: 'Hotfix', value: 'yes: it goes before others' }] : []),
      { label: 'Version', value: version },
      { label: 'SHA-256', value: tested.sha256 },
      { label: 'Size', value: `${tested.size} bytes` },
      { label: 'Signature', value: signature },
      { label: 'Tested on', value: instanceId },
      ...accounts.map((state) => ({ label: `Now in ${state.account}`, value: describeState(state) })),
    ],
    links: [
      { label: 'Pipeline', href: pipelineUrl },
      { label: 'Run', href: run.runLink },
    ],
    requester: ticket.creator,
    authors: [],
    changers: ticket.changers,
  };
}

function describeState({ manifest, version }: AccountState): string {
  if (manifest === 'unreadable') return 'a manifest that cannot be read';
  return version ?? 'nothing yet';
}

/** An exception from a freeze, for one wave of this run. */
export function toExceptionEvidence(
  { ticket, version }: Begun,
  wave: { readonly name: string; readonly accounts: readonly string[] },
  holds: readonly { readonly source: string; readonly reason: string; readonly until: string | null }[],
  run: { readonly runId: string; readonly runLink: string },
): Evidence {
  return {
    kind: 'freeze-override',
    title: `Publish agent ${version} to ${wave.accounts.join(', ')} in spite of the freeze (${ticket.key})`,
    subject: { runId: run.runId, ticket: ticket.key, version, wave: wave.name, accounts: wave.accounts },
    facts: holds.map(({ source, reason, until }) => ({
      label: `Held by ${source}`,
      value: `${reason}${until === null ? '' : ` (until ${until})`}`,
    })),
    links: [{ label: 'Run', href: run.runLink }],
    requester: ticket.creator,
    authors: [],
    changers: ticket.changers,
  };
}
