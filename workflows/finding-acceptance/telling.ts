import { isCancellation, log } from '@temporalio/workflow';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { SlackPort } from '../../activities/slack/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import type { TicketComment } from '../shared/comment.ts';
import { failureMessage } from '../shared/failures.ts';
import type { Patience } from '../shared/patience.ts';
import type { AcceptanceRequest } from './messages.ts';

/** What people hear of an acceptance. A ticket that is gone, or a person without Slack, cannot be told, and that changes nothing. */
export interface Telling {
  ticket(at: { readonly site: string }, step: string, body: TicketComment): Promise<void>;
  requester(request: AcceptanceRequest, step: string, line: string): Promise<void>;
}

export function createTelling(options: {
  readonly patience: Patience;
  readonly key: (step: string) => string;
  readonly issueId: string;
  readonly runLink: string;
}): Telling {
  const { patience, key, issueId, runLink } = options;
  const jira = activitiesOf<JiraPort>('jira', 'write');
  const slack = activitiesOf<SlackPort>('slack', 'write');

  async function tell(step: string, system: string, act: () => Promise<unknown>) {
    const problem = await orReason(() => patience.call(system, act));
    if (problem !== undefined) log.warn('somebody could not be told', { step, system, problem });
  }

  return {
    ticket: ({ site }, step, body) =>
      tell(step, 'jira', () => jira.commentTicket({ site, issueId, key: key(`comment-${step}`), body })),
    async requester({ requester, ticket, finding }, step, line) {
      if (requester.startsWith('jira:')) return;
      const notice = { title: `Accepted risk: ${ticket}`, lines: [finding.slice(0, 200), line] };
      const links = [{ label: 'Run', href: runLink }];
      await tell(step, 'slack', () =>
        slack.tellPerson({ key: key(`tell-${step}`), person: requester, ...notice, links }),
      );
    },
  };
}

/** @returns why it failed for good; undefined: it did not. Cancellation is thrown. */
export async function orReason(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failureMessage(error).slice(0, 500);
  }
}
