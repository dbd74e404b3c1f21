import { addAttachment, getIssue, linkIssues } from '../api.ts';
import { isRepeat, type OpenFindings } from './open-findings.ts';
import type { FindingTickets } from './port.ts';
import { AttachedIssue, LinkedIssue } from './schema.ts';

/** Jira's own names, which every site has until somebody renames them. */
const typeNames = { relates: 'Relates', duplicates: 'Duplicate' } as const;

/** A link is there or not: a later attempt looks first, so that a lost answer makes no second one. */
export async function linkTickets(
  open: OpenFindings,
  { from, to, type }: Parameters<FindingTickets['link']>[0],
): Promise<void> {
  const name = typeNames[type];
  if (isRepeat() && (await isLinked(open, from, to, name))) return;
  // `from` duplicates `to`: Jira's "inward" issue is the one that does it
  await open.call(`link issue ${from} to ${to}`, () =>
    linkIssues(open.client, { type: { name }, inwardIssue: { id: from }, outwardIssue: { id: to } }),
  );
}

async function isLinked(open: OpenFindings, from: string, to: string, name: string): Promise<boolean> {
  const { fields } = await open.call(`read links of issue ${from}`, async () =>
    LinkedIssue.parse(await getIssue(open.client, { issueIdOrKey: from, fields: ['issuelinks'] })),
  );
  return (fields.issuelinks ?? []).some(
    (link) => link.type.name === name && (link.outwardIssue?.id === to || link.inwardIssue?.id === to),
  );
}

/** Looks first, always: Jira keeps two files of one name, and a lost answer may have left the first. */
export async function attachJson(
  open: OpenFindings,
  { issueId, name, json }: Parameters<FindingTickets['attach']>[0],
): Promise<void> {
  const { fields } = await open.call(`read attachments of issue ${issueId}`, async () =>
    AttachedIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields: ['attachment'] })),
  );
  if (fields.attachment?.some(({ filename }) => filename === name)) return;
  await open.call(`attach ${name} to issue ${issueId}`, () =>
    addAttachment(open.client, { issueIdOrKey: issueId, attachments: { filename: name, content: json } }),
  );
}
