import type { PinnedInstaller } from '../../activities/s3/port.ts';
import { paragraph, type TicketComment } from '../shared/comment.ts';
import type { AccountOutcome } from './messages.ts';

/** Every word that a promotion writes on a ticket or in Slack. Pure: external text stays data. */

/** Exactly this, nothing else (P-28). */
export const askForVersion: TicketComment = [
  paragraph('Please provide a valid Agent-Version (format: x.x.x).'),
];

export function started(version: string, runLink: string): TicketComment {
  return [
    paragraph(
      `Promotion of agent ${version} has started: pin, test copy, pipeline, test instance, production accounts.`,
    ),
    { type: 'link', before: 'Live progress: ', label: 'workflow run', href: runLink },
  ];
}

export function waiting(ahead: readonly string[], etaSeconds: number | null): TicketComment {
  const eta =
    etaSeconds === null ? '' : ` Expected wait: about ${Math.max(1, Math.round(etaSeconds / 60))} min.`;
  return [
    paragraph(
      `This promotion waits for its turn: one runs at a time. Place ${ahead.length} in line, behind ${listOf(ahead)}.${eta}`,
    ),
  ];
}

export function pipelineStarted(pinned: PinnedInstaller, pipelineUrl: string): TicketComment {
  const signature =
    pinned.signature === 'verified'
      ? `signature verified with key ${pinned.signedBy ?? ''}`
      : pinned.signature === 'absent'
        ? 'no signature present'
        : 'signature not checked';
  return [
    paragraph(`Installer pinned: ${pinned.size} bytes, SHA-256 ${pinned.sha256}, ${signature}.`),
    { type: 'link', before: 'Verification: ', label: 'GitLab pipeline', href: pipelineUrl },
  ];
}

export function tested(version: string, instanceId: string, isApprovalNeeded: boolean): TicketComment {
  const next = isApprovalNeeded ? 'Production waits for approval.' : 'Publishing to production now.';
  return [
    paragraph(
      `Tested on instance ${instanceId}: installed, service active, reported version ${version}. ${next}`,
    ),
  ];
}

export function resumed(version: string, accounts: readonly string[], runLink: string): TicketComment {
  return [
    paragraph(
      `Publishing agent ${version} to the accounts that were left out: ${accounts.join(', ')}. The tested bytes of the last run are used.`,
    ),
    { type: 'link', before: 'Live progress: ', label: 'workflow run', href: runLink },
  ];
}

/** Why production does not get this version. */
export function refusedVersion(reason: string): TicketComment {
  return [paragraph(reason)];
}

export function supersededBy(newer: string): TicketComment {
  return [paragraph(`Superseded by the newer request ${newer}: nothing was published for this one.`)];
}

export function succeeded(
  version: string,
  accounts: readonly AccountOutcome[],
  pipelineUrl: string,
): TicketComment {
  return [
    paragraph(
      accounts.some(({ state }) => state === 'skipped')
        ? `Agent ${version} is published; skipped accounts are listed below.`
        : `Agent ${version} is published to every production account.`,
    ),
    accountTable(accounts),
    { type: 'link', before: 'Pipeline: ', label: pipelineUrl, href: pipelineUrl },
  ];
}

export interface FailureReport {
  readonly step: string;
  readonly reason: string;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  readonly nextStep: string;
}

export function failed(
  report: FailureReport,
  accounts: readonly AccountOutcome[],
  runLink: string,
): TicketComment {
  const facts = [`Step: ${report.step}`, `Cause: ${report.reason}`];
  if (report.expected !== undefined) facts.push(`Expected: ${report.expected}`);
  if (report.found !== undefined) facts.push(`Found: ${report.found}`);
  facts.push(`Next: ${report.nextStep}`);
  return [
    paragraph('Promotion failed.'),
    { type: 'list', items: facts },
    accountTable(accounts),
    paragraph(
      'To try again, move the ticket to ToDo: it is checked afresh, and what is published already is left alone.',
    ),
    { type: 'link', before: 'Run: ', label: 'workflow history', href: runLink },
  ];
}

export function stopped(reason: string, accounts: readonly AccountOutcome[]): TicketComment {
  return [
    paragraph(`Promotion stopped: ${reason}. The status is left as it is. What was written:`),
    accountTable(accounts),
  ];
}

function accountTable(accounts: readonly AccountOutcome[]): TicketComment[number] {
  const rows = accounts.map((entry) => [entry.account, stateWords[entry.state], entry.detail]);
  return { type: 'table', header: ['Account', 'State', 'Detail'], rows };
}

const stateWords: Record<AccountOutcome['state'], string> = {
  waiting: 'not touched',
  published: 'published',
  'already-published': 'was published already',
  refused: 'failed',
  unhealthy: 'published, but unhealthy',
  skipped: 'skipped',
  stopped: 'not touched',
};

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
