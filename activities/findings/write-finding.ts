import { isFlapping } from '../../workflows/halo-sync/decide.ts';
import { dueDateOf } from '../../workflows/halo-sync/due.ts';
import { createReader, toJiraFields } from '../../workflows/halo-sync/mapping.ts';
import { toFindingComment, toReopenComment, toResolutionComment } from '../../workflows/halo-sync/texts.ts';
import type { Finding, FindingDetails } from '../../workflows/halo-sync/finding.ts';
import type { FindingPolicy } from '../../workflows/halo-sync/messages.ts';
import type { Action, FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { markOf, type PageContext } from './context.ts';

type Write = Extract<Action, { do: 'update' | 'close' | 'reopen' }>;

const nothingRead: FindingDetails = { asset: null, latest: null, cves: [], raw: '' };

/** Beyond this the moves of a finding that comes and goes are made without a word. */
const flappingLabel = 'flapping';

/** One change of one ticket, in one call where Jira allows it: a repeat finds the mark and has nothing to do. */
export async function writeFinding(page: PageContext, finding: Finding, action: Write): Promise<void> {
  if (page.input.dryRun) return countWrite(page, finding, action);
  if (action.do === 'update') await update(page, finding, action);
  else if (action.do === 'close') await close(page, finding, action.ticket, action.reason);
  else await reopen(page, finding, action);
  countWrite(page, finding, action);
  page.tally.wrote(finding.id, action.ticket.issueId);
}

function countWrite({ tally }: PageContext, _finding: Finding, action: Write) {
  if (action.do === 'close') tally.count(action.reason === 'twin' ? 'twins' : 'closed');
  else if (action.do === 'reopen') tally.count('reopened');
  else if (!action.ticket.mark) tally.count('adopted');
  else tally.count('updated');
  if (action.do === 'update' && action.comment) tally.count('commented');
}

async function update(
  page: PageContext,
  finding: Finding,
  { ticket, comment, fields }: Extract<Action, { do: 'update' }>,
) {
  const { policy } = page.input;
  const wantsAsset = fields && asksAsset(policy);
  const details =
    comment || wantsAsset
      ? await page.source.details(finding, { asset: wantsAsset, latest: comment, cves: false })
      : nothingRead;
  const read = createReader(finding, details.asset);
  const due = (fields ? dueDateOf(finding, policy, read) : null) ?? ticket.mark?.due;
  await page.tickets.edit({
    issueId: ticket.issueId,
    comment: comment ? toFindingComment(finding, details) : null,
    // people edit descriptions: what was written at creation stays
    description: null,
    fields: fields ? toJiraFields(policy, read) : [],
    dueDate: due === ticket.mark?.due ? null : (due ?? null),
    addLabels: [],
    mark: markOf(page, finding, ticket.mark, due === undefined ? {} : { due }),
  });
}

function asksAsset({ mapping, dueRules = [] }: FindingPolicy): boolean {
  const fields = [
    ...mapping.map(({ from }) => from),
    ...dueRules.flatMap(({ when }) => when.map(({ field }) => field)),
  ];
  return fields.some(isAssetField);
}

/** @param finding null: the source does not have it any more */
export async function close(
  page: PageContext,
  finding: Finding,
  ticket: FindingTicket,
  reason: 'resolved' | 'missing' | 'twin',
  keptKey?: string,
): Promise<void> {
  const { policy } = page.input;
  const said = toResolutionComment(reason === 'missing' ? null : finding, reason, keptKey);
  await page.tickets.move({
    issueId: ticket.issueId,
    to: policy.close,
    comment: isFlapping(ticket, policy) ? null : said,
    mark: markOf(page, finding, ticket.mark, { left: 'closed' }),
  });
}

async function reopen(
  page: PageContext,
  finding: Finding,
  { ticket, reason, comment }: Extract<Action, { do: 'reopen' }>,
) {
  const { policy } = page.input;
  const reopened = (ticket.mark?.reopened ?? 0) + 1;
  const mark = markOf(page, finding, ticket.mark, { reopened });
  await page.tickets.move({
    issueId: ticket.issueId,
    to: policy.reopen,
    comment: comment ? toReopenComment(finding, reason) : null,
    mark,
  });
  if (reopened !== policy.flapLimit) return;
  await page.tickets.edit({
    issueId: ticket.issueId,
    ...{ comment: null, description: null, fields: [], dueDate: null },
    addLabels: [flappingLabel],
    mark,
  });
}

/** Fields that only the asset's own page tells (H-46…H-51). */
export function isAssetField(name: string): boolean {
  return name.startsWith('server_') || name.startsWith('asset.');
}
