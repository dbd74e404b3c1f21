import { getIssueProperty, setIssueProperty } from './api.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { jiraPropertyKey } from '../../workflows/shared/names.ts';
import type { Publication } from './port.ts';
import { IssueProperty, Publications } from './schema.ts';
import type { OpenAccess } from './site.ts';

/** The ticket's entity property `lockkeeper`: {workflowId, version, publications}. Only a ticket's own run writes it. */
export type Property = Readonly<Record<string, unknown>>;

/** Keeps what earlier rounds recorded. Setting the property to what it is changes nothing. */
export async function linkTicket(open: OpenAccess, issueId: string, workflowId: string): Promise<void> {
  const before = await readProperty(open, issueId);
  await writeProperty(open, issueId, { ...before, workflowId, version: 1 });
}

/** Account by account: a round that publishes to what an earlier one left out does not forget the others. */
export async function recordPublications(
  open: OpenAccess,
  issueId: string,
  record: { readonly workflowId: string; readonly publications: readonly Publication[] },
): Promise<void> {
  const before = await readProperty(open, issueId);
  const mine = record.publications.map(({ account }) => account);
  const kept = toPublications(before).filter(({ account }) => !mine.includes(account));
  const publications = [...kept, ...record.publications];
  await writeProperty(open, issueId, { ...before, workflowId: record.workflowId, version: 1, publications });
}

/** @param idOrKey as a manifest names it: external text, checked by the activity */
export async function readPublications(open: OpenAccess, idOrKey: string): Promise<Publication[]> {
  return toPublications(await readProperty(open, idOrKey));
}

/** Anybody who may edit the issue may write the property: what is no list of publications is none. */
function toPublications(property: Property): Publication[] {
  return Publications.safeParse(property['publications']).data ?? [];
}

export async function readProperty(open: OpenAccess, issueIdOrKey: string): Promise<Property> {
  try {
    return await open.call(`read property of issue ${issueIdOrKey}`, async () => {
      const answer = await getIssueProperty(open.client, { issueIdOrKey, propertyKey: jiraPropertyKey });
      return IssueProperty.safeParse(answer).data?.value ?? {};
    });
  } catch (error) {
    if (failureType(error) === 'NotFound') return {};
    throw error;
  }
}

export async function writeProperty(open: OpenAccess, issueIdOrKey: string, body: Property): Promise<void> {
  await open.call(`write property of issue ${issueIdOrKey}`, () =>
    setIssueProperty(open.client, { issueIdOrKey, propertyKey: jiraPropertyKey, body }),
  );
}
