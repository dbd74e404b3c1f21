import type { Execution } from '../decisions/permission.ts';
import { acceptedLabel, openSource, readTicket, type AcceptanceOptions } from './options.ts';
import type { AcceptanceRef } from './port.ts';

/**
 * The label goes, and the mark says that the time is over: so the next look at the finding reopens the ticket, and says why. In
 * one call; a repeat writes the same. Only the calling workflow's own acceptance is touched.
 */
export async function endAcceptance(
  options: AcceptanceOptions,
  input: AcceptanceRef,
  { workflowId }: Execution,
): Promise<{ ended: boolean }> {
  const { tickets } = openSource(options, input.source);
  const { mark } = (await readTicket(openSource(options, input.source), input)) ?? {};
  if (!mark) return { ended: false };
  const { accepted } = mark;
  const isOwn = accepted?.acceptance === workflowId;
  // another one's stands; one that was reopened meanwhile has only the label left
  if (accepted && !isOwn) return { ended: false };
  const now = new Date(options.now()).toISOString();
  const until = isOwn && Date.parse(accepted.until) > options.now() ? now : accepted?.until;
  await tickets.edit({
    issueId: input.issueId,
    ...{ comment: null, fields: [], description: null, dueDate: null, addLabels: [] },
    removeLabels: [acceptedLabel],
    // the grant is of no use any more
    mark: until === undefined ? mark : { ...mark, accepted: { until, acceptance: workflowId } },
  });
  return { ended: isOwn };
}
