import { notify } from '../notices/notify.ts';
import type { Notice } from '../notices/messages.ts';
import type { IncidentPolicy, IncidentState } from './messages.ts';

export interface NoticeFacts {
  readonly policy: IncidentPolicy;
  readonly caseId: string;
  readonly issueKey: string;
  /** Run that tells. */
  readonly runLink: string;
  /** Begins every key. */
  readonly workflowId: string;
}

/** What channels hear of an incident: names and codes of ours, no text of the case. */
export const notices = {
  parked: (facts: NoticeFacts, parked: IncidentState['parked'], day: string): Promise<void> =>
    tell(facts, `parked-${day}`, {
      title: `${facts.issueKey}: ${parked.length} steps of the sync with AWS case ${facts.caseId} are parked`,
      lines: parked.slice(0, 10).map(({ name, reason, tries }) => `${name}: ${reason} (${tries} tries)`),
    }),
  reopened: (facts: NoticeFacts): Promise<void> =>
    tell(facts, 'reopened', {
      title: `${facts.issueKey} was reopened, but AWS case ${facts.caseId} is closed`,
      lines: [
        facts.policy.reopened === 'new-case'
          ? 'A new case is made of it.'
          : 'AWS reopens no case: file a new issue for a new case, or close this one again.',
      ],
    }),
  /** @param people names of those who get it as a direct message, too */
  pending: (
    facts: NoticeFacts,
    { since, level }: { readonly since: string; readonly level: number },
    people: readonly string[],
  ): Promise<void> =>
    tell(facts, `pending-${since}-${level}`, {
      title: `AWS waits for us: ${facts.issueKey}, case ${facts.caseId}`,
      lines: [`Since ${since}; reminder ${level}. An answer in a comment on the issue reaches AWS.`],
      people,
    }),
  gone: (facts: NoticeFacts, gone: 'deleted' | 'invisible', day: string): Promise<void> =>
    tell(facts, `issue-${gone}-${day}`, {
      title: `${facts.issueKey} of AWS case ${facts.caseId} ${gone === 'deleted' ? 'was deleted' : 'is not visible to Lockkeeper any more'}`,
      lines: [
        'Nothing is carried over any more. `lockkeeper sync unlink` and `sync link` give the case another issue.',
      ],
    }),
};

function tell(
  { policy, workflowId, runLink }: NoticeFacts,
  name: string,
  text: Pick<Notice, 'title' | 'lines' | 'people'>,
): Promise<void> {
  const { channels } = policy;
  const links = [{ label: 'Sync of this incident', href: runLink }];
  return notify({ key: `${workflowId}/${name}`, channels, links, ...text });
}
