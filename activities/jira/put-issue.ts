import { editIssue } from './api.ts';
import { complaintOf } from './refusals.ts';
import type { OpenAccess } from './site.ts';

type EditIssue = Parameters<typeof editIssue>[1];

/**
 * The bare call. An issue that was moved to another project may lack some of our fields there: Jira refuses the whole edit for it, and wrote
 * nothing. @returns those fields, when they are all that was wrong
 */
export async function putIssue({ client }: Pick<OpenAccess, 'client'>, edit: EditIssue): Promise<string[]> {
  try {
    await editIssue(client, edit);
    return [];
  } catch (error) {
    const { errors, errorMessages } = complaintOf(error) ?? {};
    const faults = Object.entries(errors ?? {});
    const isMissing = ([id, words]: [string, unknown]) =>
      Object.hasOwn(edit.fields ?? {}, id) && /not on the appropriate screen/.test(String(words));
    if (faults.length === 0 || errorMessages?.length || !faults.every(isMissing)) throw error;
    return faults.map(([id]) => id);
  }
}
