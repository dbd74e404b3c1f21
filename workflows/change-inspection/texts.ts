import type { Evidence } from '../approval/messages.ts';
import { paragraph, type TicketComment } from '../shared/comment.ts';
import type { AutoApproved, InspectionRecord, InspectedTicket } from './messages.ts';

/** Evidence has a size limit, and a text of Jira none. */
const most = { value: 200, reason: 1_000 } as const;

export interface InspectionRun {
  readonly runId: string;
  readonly runLink: string;
  /** `<Web UI>/namespaces/<namespace>/workflows/` */
  readonly runLinkBase: string;
  readonly month: string;
}

/** What an inspector is shown, and answers for. Nobody who asked for the change or wrote any of it may answer. */
export function toInspectionEvidence(change: AutoApproved, run: InspectionRun): Evidence {
  const { ticket, environment, project, build, sha, policy, approvedAt, workflowId } = change;
  return {
    kind: 'change-inspection',
    title: `Inspect ${ticket}: ${cut(project)} build ${cut(build)} to ${cut(environment)}, approved automatically`,
    subject: { runId: run.runId, ticket, sha, policy, approvedAt },
    facts: [
      { label: 'Approve', value: 'everything was in order' },
      { label: 'Reject', value: 'it was not: your reason becomes a ticket' },
      { label: 'Month', value: run.month },
      { label: 'Environment', value: cut(environment) },
      { label: 'Project', value: cut(project) },
      { label: 'Build', value: cut(build) },
      { label: 'Commit', value: cut(sha) },
      { label: 'Approved by policy', value: cut(policy) },
      { label: 'Approved at', value: approvedAt },
      { label: 'Requested by', value: change.requester ?? 'nobody proved it' },
    ],
    links: [
      { label: 'Run of the change', href: `${run.runLinkBase}${encodeURIComponent(workflowId)}` },
      { label: 'Inspection', href: run.runLink },
    ],
    requester: change.requester,
    authors: change.authors,
    // it was approved by a policy: no person's approval is there to be excluded
    changers: [],
  };
}

/** The result as it stays on the ticket that was inspected. */
export function toResultComment(month: string, done: InspectedTicket, switchedOff: boolean): TicketComment {
  const by = done.inspector ?? 'nobody';
  if (done.result === 'passed')
    return [paragraph(`Random inspection of ${month}: ${by} found everything in order.`)];
  return [
    paragraph(`Random inspection of ${month}: ${by} found that this was not in order.`),
    paragraph(`Reason: ${cut(done.reason ?? '', most.reason)}`),
    paragraph(`Finding: ${done.finding ?? 'none'}`),
    ...(switchedOff
      ? [paragraph('Automatic approval is switched off until people switch it on again.')]
      : []),
  ];
}

export function toOverdueComment(month: string): TicketComment {
  return [
    paragraph(
      `Random inspection of ${month}: nobody has inspected this in time. It is overdue, and asked again.`,
    ),
  ];
}

export interface Finding {
  readonly summary: string;
  readonly body: TicketComment;
  readonly labels: readonly string[];
}

/** The ticket that reports what an inspection found. */
export function toFinding(change: AutoApproved, done: InspectedTicket, run: InspectionRun): Finding {
  const { ticket, environment, project, build, sha, policy, approvedAt } = change;
  return {
    summary: `Inspection failed: ${ticket} was approved automatically (${run.month})`,
    body: [
      paragraph(
        `${done.inspector ?? 'An inspector'} inspected ${ticket} and found that it was not in order.`,
      ),
      paragraph(`Reason: ${cut(done.reason ?? '', most.reason)}`),
      {
        type: 'table',
        header: ['What', 'Value'],
        rows: [
          ['Change', ticket],
          ['Environment', environment],
          ['Project', project],
          ['Build', build],
          ['Commit', sha],
          ['Policy', policy],
          ['Approved at', approvedAt],
        ],
      },
      { type: 'link', before: 'Inspection: ', label: 'workflow history', href: run.runLink },
    ],
    labels: ['lockkeeper-inspection'],
  };
}

export interface NoticeText {
  readonly title: string;
  readonly lines: readonly string[];
}

export function toEmptyNotice(month: string): NoticeText {
  return {
    title: `Inspection of ${month}: nothing to inspect`,
    lines: ['No change was approved automatically in that month.'],
  };
}

export function toDrawnNotice({ month, population, sample, seed }: InspectionRecord): NoticeText {
  return {
    title: `Inspection of ${month}: ${sample.length} of ${population.length} automatically approved changes`,
    lines: [`Drawn: ${list(sample)}`, `Seed: ${seed}`],
  };
}

export function toOverdueNotice(month: string, ticket: string): NoticeText {
  return {
    title: `Inspection of ${month}: ${ticket} is overdue`,
    lines: ['Nobody has inspected it in time. It is asked again.'],
  };
}

export function toDoneNotice({ month, population, tickets }: InspectionRecord): NoticeText {
  const failed = tickets.filter(({ result }) => result === 'failed');
  return {
    title: `Inspection of ${month} is done: ${tickets.length - failed.length} passed, ${failed.length} failed`,
    lines: [
      `${tickets.length} of ${population.length} automatically approved changes were inspected.`,
      ...failed.map(({ ticket, finding }) => `${ticket}: ${finding ?? 'no finding'}`),
    ],
  };
}

/** Why auto-approval is switched off. */
export function toSwitchOffReason(month: string, { ticket, reason }: InspectedTicket): string {
  return cut(`the inspection of ${ticket} (${month}) failed: ${oneLine(reason ?? '')}`, 400);
}

/** `PRODCM` of `PRODCM-12` */
export function projectOf(ticket: string): string {
  return ticket.slice(0, ticket.lastIndexOf('-'));
}

function list(tickets: readonly string[]): string {
  const shown = tickets.slice(0, 50).join(', ');
  return tickets.length > 50 ? `${shown} and ${tickets.length - 50} more` : shown;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function cut(text: string, length: number = most.value): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
