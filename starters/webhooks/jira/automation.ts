import { isRecord, text } from '../../../workflows/shared/guards.ts';
import type { JiraDecision, JiraScope } from './events.ts';

/**
 * Jira Automation's "Send web request" with custom data: {event, issueKey, issueId, status, actor, rule, sentAt}
 * (contracts §2.2). A shared header proves little: it can hint at a ticket, never decide about one.
 */
export function decideAutomationEvent(body: unknown, scope: JiraScope): JiraDecision {
  if (!isRecord(body)) return { kind: 'malformed', reason: 'the body is not an object' };
  const issueId = text(body, 'issueId');
  const key = text(body, 'issueKey');
  const status = text(body, 'status');
  if (issueId === undefined || !/^[0-9]{1,19}$/.test(issueId))
    return { kind: 'malformed', reason: 'issueId: {{issue.id}} in quotes is expected' };
  if (key === undefined || !/^[A-Z][A-Z0-9_]*-[0-9]+$/.test(key))
    return { kind: 'malformed', reason: 'issueKey: {{issue.key}} is expected' };
  if (status === undefined) return { kind: 'malformed', reason: 'status: {{issue.status.name}} is expected' };
  if (text(body, 'actor') === scope.botAccountId && scope.botAccountId !== undefined)
    return { kind: 'ignore', reason: 'written by Lockkeeper itself' };
  const event = (text(body, 'event') ?? 'automation').slice(0, 80);
  if (!key.startsWith(`${scope.project}-`)) return { kind: 'ignore', reason: 'another project' };
  return status === scope.toDo ? { kind: 'start', issueId, key, event } : { kind: 'signal', issueId, event };
}
