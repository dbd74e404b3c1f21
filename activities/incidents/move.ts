import type { StatusMoved } from '../../workflows/incident-sync/steps.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import type { ConnectionParts } from './parts.ts';
import type { IncidentPort } from './port.ts';

/** Being there is success. Jira's own resolution stands for the closure code; the code itself is in the note. */
export async function moveIssue(
  { tickets }: ConnectionParts,
  { issueId, status, closes }: Parameters<IncidentPort['moveIssue']>[0],
): Promise<StatusMoved> {
  return tickets.moveTo(issueId, status, { resolution: closes ? 'Done' : null });
}

/** One call a hop. A repeat begins where the case is; what AWS refuses on the way is told, and tried again when a side moves. */
export async function moveCase(
  { cases }: ConnectionParts,
  { caseId, path }: Parameters<IncidentPort['moveCase']>[0],
): Promise<StatusMoved> {
  const { status } = await cases.getCase(caseId);
  // an attempt before this one may have made some of them
  const left = path.slice(path.lastIndexOf(status) + 1);
  let at = status;
  for (const next of left) {
    try {
      if (next === 'Closed') await cases.closeCase(caseId);
      else await cases.updateStatus(caseId, next);
      at = next;
    } catch (error) {
      if (failureType(error) !== 'Conflict' && failureType(error) !== 'InvalidInput') throw error;
      return { status: at, held: `AWS does not move it from ${at} to ${next}` };
    }
  }
  return { status: at, held: null };
}
