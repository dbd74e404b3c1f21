import { createFailure } from '../shared/failures.ts';
import { notices } from './notices.ts';
import { keyOf, noticeFacts, now, orPark, refOf, writesOf, type IncidentRun } from './run.ts';
import type { CaseSide, IssueSide } from './sides.ts';
import { casePath } from './status.ts';

/** Of a deleted issue the case is told, once, and closed where the policy says so; nothing is ever destroyed. */
export async function seeGone(run: IncidentRun, one: CaseSide, issue: IssueSide): Promise<void> {
  const gone = issue.gone ?? 'invisible';
  if (run.state.gone !== gone) {
    run.state = { ...run.state, gone };
    await notices.gone(noticeFacts(run), gone, now().slice(0, 10));
  }
  if (gone === 'deleted') return tellDeleted(run, one);
  // thrown: parked, shown, and tried again like any read that is refused (S-97)
  throw createFailure(
    'PermissionDenied',
    'jira: the issue is not visible any more: it was moved, or the rights of our account were',
    { details: { system: 'jira', expected: 'Browse projects' } },
  );
}

async function tellDeleted(run: IncidentRun, one: CaseSide): Promise<void> {
  const ref = refOf(run);
  const { policy, patience, state } = run;
  if (!ref || one.status === 'Closed') return;
  const port = writesOf(run);
  if (!state.notes.includes('issue-deleted'))
    await orPark(run, 'issue-deleted', async () => {
      const issueKey = state.link?.issueKey ?? '';
      const key = keyOf(run, 'issue-deleted');
      await patience.call('incident', () => port.tellCase({ ...ref, key, about: 'issue-deleted', issueKey }));
      run.state = { ...run.state, notes: [...run.state.notes, 'issue-deleted'] };
    });
  const path = casePath(one.status, 'Closed', one.resolverType);
  if (policy.deletedIssue === 'close' && path)
    await orPark(run, 'case-status', async () => {
      await patience.call('incident', () => port.moveCase({ ...ref, key: keyOf(run, 'close'), path }));
    });
}
