import type { ConnectionParts } from './parts.ts';
import type { IncidentPort } from './port.ts';
import { hashOf } from './hash.ts';

/** AWS's limit. */
const mostWatchers = 30;

/** Only adds: who watches on one side because of the other may leave there again. People are told apart by their exact e-mail alone. */
export async function addWatchers(
  { cases, tickets }: ConnectionParts,
  { caseId, issueId, to }: Parameters<IncidentPort['addWatchers']>[0],
): ReturnType<IncidentPort['addWatchers']> {
  const [one, issue] = await Promise.all([cases.getCase(caseId), tickets.readIssue(issueId, [])]);
  const ofCase = one.watchers.map(({ email }) => email.toLowerCase());
  const ofIssue = issue.watchers.flatMap(({ email }) => email?.toLowerCase() ?? []);
  const missing = to === 'issue' ? minus(ofCase, ofIssue) : minus(ofIssue, ofCase);
  if (to === 'issue') {
    const { added, unknown } = missing.length > 0 ? await tickets.addWatchers(issueId, missing) : none;
    const { watchers } = await tickets.readIssue(issueId, []);
    const now = watchers.flatMap(({ email }) => email?.toLowerCase() ?? []);
    return { added, unknown, case: hashOf(ofCase), issue: hashOf(now) };
  }
  const room = Math.max(0, mostWatchers - ofCase.length);
  const fitting = missing.slice(0, room);
  if (fitting.length > 0)
    await cases.addWatchers(
      caseId,
      fitting.map((email) => ({ email, name: null })),
    );
  return {
    ...{ added: fitting.length, unknown: missing.length - fitting.length },
    case: hashOf([...ofCase, ...fitting]),
    issue: hashOf(ofIssue),
  };
}

const none = { added: 0, unknown: 0 };

function minus(all: readonly string[], known: readonly string[]): string[] {
  return [...new Set(all)].filter((one) => !known.includes(one));
}
