import { jiraPerson, type IssueView } from '../sandbox/drive/jira-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { waitUntil } from './wait-until.ts';

const patienceMs = 120_000;

export interface Followed {
  readonly as: string;
  readonly key: string;
  /** In these it stays. */
  readonly ends: readonly string[];
  /** Comments that were shown already. */
  readonly shown?: number;
}

/** Prints each new status and comment of a ticket until it is where it ends. @returns it, as it is then */
export async function followTicket(
  endpoints: Endpoints,
  { as, key, ends, shown = 0 }: Followed,
  log: (line: string) => void,
): Promise<IssueView> {
  const person = jiraPerson(endpoints, as);
  let shownStatus = '';
  let shownComments = shown;
  return waitUntil(`${key} to end`, patienceMs, async () => {
    const issue = await person.read(key);
    if (issue.status !== shownStatus)
      log(`${key}: ${issue.status}${issue.assignee ? ` (${issue.assignee})` : ''}`);
    shownStatus = issue.status;
    for (const comment of issue.comments.slice(shownComments)) log(`${key}:   “${firstLine(comment.text)}”`);
    shownComments = issue.comments.length;
    return ends.includes(issue.status) ? issue : undefined;
  });
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 110 ? `${line.slice(0, 109)}…` : line;
}
