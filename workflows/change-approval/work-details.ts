import type { ChangeFacts, CodeReview } from './facts.ts';
import type { GivenDetails } from './messages.ts';
import { listOf, oneLine, toMinute } from './one-line.ts';

/** Jira takes 255 characters in a summary; a text field takes 32,767. */
const most = { summary: 250, text: 4_000, mergeRequests: 15 } as const;

type Sources = Pick<ChangeFacts, 'request' | 'code' | 'history'>;

/**
 * The required data of a ticket, as far as it can be worked out (C-6, X-27); what the caller gave goes first. A justification needs
 * merge requests or issues, a rollback plan an approved build to go back to, and components only the caller knows.
 */
export function workDetails({
  request,
  code,
  history,
}: Sources): GivenDetails & { readonly summary: string } {
  const { given } = request;
  const justification = textOf(given.justification) ?? justify(code);
  const rollbackPlan = textOf(given.rollbackPlan) ?? planRollback(request, history);
  const components = (given.components ?? [])
    .map((name) => oneLine(name, most.summary))
    .filter((name) => name !== '');
  return {
    summary: oneLine(given.summary ?? '', most.summary) || summarise(request),
    ...(justification === undefined ? {} : { justification }),
    ...(rollbackPlan === undefined ? {} : { rollbackPlan }),
    ...(components.length > 0 ? { components: [...new Set(components)].slice(0, 20) } : {}),
  };
}

function textOf(given: string | undefined): string | undefined {
  const text = given?.trim().slice(0, most.text).toWellFormed();
  return text === '' ? undefined : text;
}

function summarise({ action, project, build, environment }: Sources['request']): string {
  return oneLine(`${action} ${project} ${build} to ${environment}`, most.summary);
}

function justify({ mergeRequests, issues, commits, exempt }: CodeReview): string | undefined {
  const titles = mergeRequests
    .slice(0, most.mergeRequests)
    .map(({ iid, title, href }) => `- !${iid} ${oneLine(title, 120)}: ${href}`);
  const more = mergeRequests.length - titles.length;
  if (titles.length === 0 && issues.length === 0)
    return commits > 0 && exempt === commits
      ? 'A new version of the same code: version bumps only.'
      : undefined;
  return [
    ...(titles.length > 0 ? ['Merge requests since the last approved change:', ...titles] : []),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(issues.length > 0 ? [`Issues: ${listOf(issues, 30)}`] : []),
  ]
    .join('\n')
    .slice(0, most.text)
    .toWellFormed();
}

function planRollback(
  { action, project, environment, sha }: Sources['request'],
  { lastApproved }: Sources['history'],
): string | undefined {
  // going back to where it stands already is no way back
  if (lastApproved === null || lastApproved.sha === sha) return undefined;
  return `${action} commit ${lastApproved.sha} of ${project} to ${environment} again: approved with ${lastApproved.ticket} on ${toMinute(lastApproved.at)}.`;
}
