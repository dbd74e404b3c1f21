import { isRecord } from '../../../workflows/shared/guards.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import type { IncidentMark } from './port.ts';
import { Mark } from './schema.ts';

/**
 * Whoever may edit the issue may write its property: it says where a link may be, and the tag of the case must say so too.
 * @param property the entity property `lockkeeper` @returns null for what we never wrote, another connection's, or what somebody spoilt
 */
export function readMark(property: unknown, connection: string): IncidentMark | null {
  if (!isRecord(property)) return null;
  const mark = Mark.safeParse({ ...toRecord(property['incident']), workflowId: property['workflowId'] }).data;
  return mark?.connection === connection ? mark : null;
}

/** The whole property: nothing else of ours is on an incident's issue. */
export function markProperty({ workflowId, connection, caseId }: IncidentMark) {
  return { key: jiraPropertyKey, value: { version: 1, workflowId, incident: { connection, caseId } } };
}

const toRecord = (value: unknown) => (isRecord(value) ? value : {});
