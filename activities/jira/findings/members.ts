import { getIssue } from '../api.ts';
import { toAdf } from '../adf.ts';
import { writeIssue } from './edit.ts';
import { toLine } from '../field-values.ts';
import { chunkKey, toChunks } from './member-chunks.ts';
import type { OpenFindings } from './open-findings.ts';
import type { FindingTickets, GroupMember } from './port.ts';
import { GroupIssue, Member, MemberChunk } from './schema.ts';

/** One read, of all properties. Anybody who may edit the ticket may write them: what is no member is left out. */
export async function readMembers(open: OpenFindings, issueId: string): Promise<GroupMember[]> {
  const { properties } = await open.call(`read members of issue ${issueId}`, async () =>
    GroupIssue.parse(
      await getIssue(open.client, { issueIdOrKey: issueId, fields: ['status'], properties: ['*all'] }),
    ),
  );
  const valueAt = (index: number) => properties?.[chunkKey(index)];
  const count = MemberChunk.safeParse(valueAt(0)).data?.chunks ?? 0;
  const values = Array.from({ length: Math.min(count, 10_000) }, (_, index) => valueAt(index));
  open.chunks.set(
    issueId,
    values.map((value) => JSON.stringify(value) ?? ''),
  );
  const members = values
    .flatMap((value) => MemberChunk.safeParse(value).data?.members ?? [])
    .flatMap((one) => Member.safeParse(one).data ?? []);
  return [...new Map(members.map((member) => [member.id, member])).values()];
}

/**
 * One call: the list, in as many properties as it takes, the text that people see and the mark stand or fall together. A repeat
 * writes the same. Of a list that was just read, only the chunks that changed are sent.
 */
export async function writeMembers(
  open: OpenFindings,
  { issueId, members, summary, description, mark }: Parameters<FindingTickets['writeMembers']>[0],
): Promise<void> {
  const known = open.chunks.take(issueId);
  const chunks = toChunks(members);
  const values = chunks.map((chunk, index) => ({
    ...(index === 0 ? { chunks: chunks.length } : {}),
    members: chunk,
  }));
  const spare = Array.from({ length: Math.max(0, known.length - chunks.length) }, () => ({ members: [] }));
  const properties = [...values, ...spare]
    .map((value, index) => ({ key: chunkKey(index), value, isKnown: JSON.stringify(value) === known[index] }))
    .filter(({ isKnown }) => !isKnown)
    .map(({ key, value }) => ({ key, value }));
  const fields = { summary: toLine(summary), description: toAdf(description) };
  await writeIssue(open, issueId, mark, { fields, properties });
}
