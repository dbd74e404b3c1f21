import { paragraph, type CommentBlock, type TicketComment } from '../shared/comment.ts';
import type { Reminder } from './due.ts';
import { severities, type Finding, type FindingDetails } from './finding.ts';
import { createPaper } from './paper.ts';
import { cut, keepText, toLine, toMinute } from './plain-text.ts';
import { writeAsset, writeCves, writeFacts, writeLatest } from './sections.ts';

/** Characters in Jira's stored form, of which it takes 32,767. */
const room = { description: 30_000, latest: 14_000, cves: 8_000, comment: 6_000 } as const;
/** Jira's limit. */
const longestSummary = 255;
/** Characters of one external text. */
const most = { name: 120, asset: 80, word: 20, person: 100, said: 1_000 } as const;
/** More than fit in any case. */
const mostRows = 200;
const ranks: readonly string[] = severities;

export interface TicketText {
  /** One line, at most 255 characters. */
  readonly summary: string;
  /** At most 30,000 characters in Jira's stored form. */
  readonly description: TicketComment;
  /** Something was left out of the description, and the description says so. */
  readonly wasCut: boolean;
}

/** A finding in the table of its group's ticket. */
export interface GroupMemberRow {
  readonly id: string;
  readonly name: string;
  readonly asset: string;
  readonly severity: string;
  /** ISO 8601 UTC. */
  readonly since: string;
}

/**
 * A new ticket. When its text was cut, it says that the full JSON is attached.
 * @param source first word of the summary
 */
export function toTicketText(finding: Finding, details: FindingDetails, source = 'Halo'): TicketText {
  const paper = createPaper(room.description);
  paper.link('Open the finding', finding.url);
  writeFacts(paper, finding, details);
  writeLatest(paper, details.latest, room.latest);
  writeCves(paper, finding, details, room.cves);
  writeAsset(paper, details.asset);
  const { blocks, wasCut } = paper.end('Not all of it fits in here: the whole is attached as finding.json.');
  const { name, type, asset } = finding;
  const where = asset ? toLine(asset.name, most.asset) : '';
  const what = toLine(name, longestSummary) || `${toLine(type, most.word)} finding`;
  return { summary: toSummary(`${source}: ${what}`, where && ` on ${where}`), description: blocks, wasCut };
}

/**
 * The ticket of findings that share one: the same for the same members, in whatever order they come.
 * @param title what they have in common
 */
export function toGroupText(title: string, members: readonly GroupMemberRow[], source = 'Halo'): TicketText {
  const rows = members.toSorted(worstFirst);
  const isEmpty = rows.length === 0;
  const paper = createPaper(room.description);
  paper.paragraph(
    isEmpty
      ? 'Every finding of this group is resolved.'
      : `${countOf(rows)}: ${countSeverities(rows)}. This is closed when the last of them is resolved.`,
  );
  const cells = rows
    .slice(0, mostRows)
    .map(({ name, asset, severity, since }) => [
      toLine(name, most.name),
      toLine(asset, most.asset),
      toLine(severity, most.word),
      toMinute(since),
    ]);
  const rest = rows.slice(paper.table(['Finding', 'Asset', 'Severity', 'First seen'], cells));
  const { blocks, wasCut } = paper.end(`Not in the table: ${countOf(rest)}, ${countSeverities(rest)}.`);
  const tail = ` (${isEmpty ? 'no findings left' : countOf(rows)})`;
  return {
    summary: toSummary(`${source}: ${toLine(title, longestSummary)}`, tail),
    description: blocks,
    wasCut,
  };
}

/** News about a finding that has a ticket: its latest scan result or event (H-17). */
export function toFindingComment(finding: Finding, details: FindingDetails): TicketComment {
  const paper = createPaper(room.comment);
  const level = finding.critical ? `${finding.severity}, critical` : finding.severity;
  paper.paragraph(`This finding is active as of ${toMinute(finding.changedAt)}: severity ${level}.`);
  writeLatest(paper, details.latest, room.comment);
  paper.link('Open the finding', finding.url);
  return paper.end('There is more of it than fits in here.').blocks;
}

/**
 * Why a ticket is closed (H-19).
 * @param finding null: the source does not have it any more, or the ticket is a group's
 * @param keptKey of a twin: the ticket that stays
 */
export function toResolutionComment(
  finding: Finding | null,
  reason: 'resolved' | 'missing' | 'twin',
  keptKey?: string,
): TicketComment {
  if (reason === 'missing')
    return [paragraph('The source does not have this finding any more, so this is closed.')];
  if (reason === 'twin') {
    const kept = keptKey ?? 'the older one';
    return [paragraph(`This is a second ticket of one finding, so it is closed. Work goes on in ${kept}.`)];
  }
  if (!finding) return [paragraph('Every finding of this group is resolved, so this is closed.')];
  const at = finding.resolvedAt === null ? '' : ` on ${toMinute(finding.resolvedAt)}`;
  const who = toLine(finding.resolvedBy ?? '', most.person);
  const resolved = `This finding was resolved${at}${who && ` by ${who}`}, so this is closed.`;
  return [paragraph(resolved), ...saying(finding.resolutionComment)];
}

/** Why a ticket is opened again (H-21). */
export function toReopenComment(
  finding: Finding,
  reason: 'active-again' | 'closed-too-early' | 'acceptance-ended',
): TicketComment {
  const why = {
    'active-again': `This finding was resolved and is active again as of ${toMinute(finding.changedAt)}, so this is reopened.`,
    'closed-too-early': 'This was closed, but its finding is still active, so it is reopened.',
    'acceptance-ended':
      'The acceptance of this risk has ended and its finding is still active, so this is reopened.',
  }[reason];
  return [paragraph(why)];
}

/** What is too long is cut in front of the tail. */
function toSummary(head: string, tail: string): string {
  return `${cut(head, longestSummary - tail.length)}${tail}`;
}

function saying(text: string | null): CommentBlock[] {
  const { text: said } = keepText(text ?? '', most.said, 30);
  return said === '' ? [] : [paragraph(`Comment of the resolution: ${said}`)];
}

function worstFirst(one: GroupMemberRow, other: GroupMemberRow): number {
  return rankOf(one) - rankOf(other) || compare(one.since, other.since) || compare(one.id, other.id);
}

function rankOf({ severity }: GroupMemberRow): number {
  const rank = ranks.indexOf(severity);
  return rank < 0 ? ranks.length : rank;
}

/** By code unit, the same on every worker. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** `3 critical, 9 high` */
function countSeverities(rows: readonly GroupMemberRow[]): string {
  const named = [...ranks, 'other'].map((rank, index) => {
    const count = rows.filter((row) => rankOf(row) === index).length;
    return count > 0 ? [`${count} ${rank}`] : [];
  });
  return named.flat().join(', ');
}

function countOf(rows: readonly unknown[]): string {
  return rows.length === 1 ? '1 finding' : `${rows.length} findings`;
}

/** People who are assigned to the ticket or watch it hear of the comment by Jira. */
export function toDueComment({ due, percent, overdue }: Reminder): TicketComment {
  const words = overdue
    ? `This was due on ${due} and is still open.`
    : `This is due on ${due}: ${percent} % of the time is over.`;
  return [paragraph(words)];
}
