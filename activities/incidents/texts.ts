import type { Note } from '../../workflows/incident-sync/steps.ts';
import type { IncidentCase } from '../security-ir/port.ts';

/** What Lockkeeper itself says on an issue; plain text, which the adapter makes a document of. */

const or = (values: readonly string[]) => (values.length > 0 ? values.join(', ') : 'none named');

/** The facts of a new case, once: in words, everything that AWS knows of it. */
export function toFacts(one: IncidentCase): string {
  const { fields } = one;
  const list = (name: keyof typeof fields) => or([fields[name] ?? []].flat());
  return [
    `This issue mirrors AWS Security Incident Response case ${one.caseId}.`,
    '',
    `ARN: ${one.caseArn}`,
    `Type: ${one.engagementType}, resolved by ${one.resolverType === 'AWS' ? 'AWS' : 'ourselves'}`,
    `Status: ${one.status}`,
    `Reported as begun: ${list('reportedIncidentStartDate')}; actually begun: ${list('actualIncidentStartDate')}`,
    `Accounts: ${list('impactedAccounts')}`,
    `Regions: ${list('impactedAwsRegions')}`,
    `Services: ${list('impactedServices')}`,
    `IP addresses of the actor: ${list('threatActorIpAddresses')}`,
    `AWS waits for us: ${one.pendingAction === 'Customer' ? 'yes' : 'no'}`,
  ].join('\n');
}

export function toNoteText(note: Note, key: string): string {
  switch (note.about) {
    case 'status-held':
      return `The status of the ${note.side === 'case' ? 'AWS case' : 'issue'}, “${note.status}”, is not carried over: ${heldWords(note.reason)}`;
    case 'status-shared':
      return `The AWS case is now in “${note.status}”. The status of this issue stands for it already.`;
    case 'closed':
      return [
        `The AWS case was closed${note.closedAt === null ? '' : ` at ${note.closedAt}`}.`,
        `Reason: ${note.closureCode ?? 'none was given'}.`,
        'What is written here from now on stays here: AWS takes nothing on a closed case.',
      ].join(' ');
    case 'reopened-after-close':
      return note.policy === 'new-case'
        ? 'This was reopened, but an AWS case cannot be: a new case is made, and linked here.'
        : 'This was reopened, but an AWS case cannot be. Nothing is carried over any more: file a new issue for a new case.';
    case 'case-gone':
      return 'AWS has no such case any more. This issue is kept as it is; nothing is carried over any more.';
    case 'customer-pending':
      return `AWS waits for us since ${note.since} (reminder ${note.level}). Please answer in a comment here. (${key})`;
  }
}

/** For the case. */
export function toDeletedText(issueKey: string): string {
  return `Jira issue ${issueKey}, which mirrored this case, was deleted. Nothing that is written here reaches Jira any more.`;
}

function heldWords(reason: string): string {
  const words: Readonly<Record<string, string>> = {
    unmapped: 'the configuration names no status for it.',
    'no-way': 'no allowed move leads there.',
    'aws-managed': 'AWS alone moves cases that it resolves.',
  };
  return words[reason] ?? reason;
}

/** A value that a write replaced: nothing that people wrote is lost. */
export function toKeptText(field: string, side: 'case' | 'issue', value: string): string {
  const where = side === 'case' ? 'the AWS case' : 'this issue';
  return `Both sides had changed “${field}”. This stood in ${where} and was replaced:\n\n${value === '' ? '(empty)' : value}`;
}

export function toFileText(file: {
  readonly name: string;
  readonly size: number | null;
  readonly sha256: string | null;
  readonly where: string;
  readonly why: string;
}): string {
  const { name, size, sha256, where, why } = file;
  const facts = [size === null ? '' : `${size} bytes`, sha256 === null ? '' : `SHA-256 ${sha256}`].filter(
    Boolean,
  );
  return `A file is in ${where} and was not copied, because ${why}: ${name}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}
