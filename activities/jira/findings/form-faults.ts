import { faultsOfForm } from '../form-faults.ts';
import type { OpenFindings } from './open-findings.ts';
import type { FindingTickets } from './port.ts';

/** Two reads, once a form. */
export async function findFormFaults(
  open: OpenFindings,
  { project, issueType, fields }: Parameters<FindingTickets['findFormFaults']>[0],
): Promise<readonly string[]> {
  const needed = async () => [(await open.idField()).id];
  return faultsOfForm(open, { project, issueType }, { fields, needed });
}
