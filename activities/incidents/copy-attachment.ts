import type { AttachmentCopied } from '../../workflows/incident-sync/steps.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { clientToken } from './hash.ts';
import type { ConnectionParts } from './parts.ts';
import type { IncidentPort } from './port.ts';
import { spool, type Spooled } from './spool.ts';
import { toFileText } from './texts.ts';

type Input = Parameters<IncidentPort['copyAttachment']>[0];

interface Found {
  readonly name: string;
  readonly size: number | null;
  /** For people: where the file itself is. */
  readonly where: string;
  read(): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly size: number | null }>;
}

/**
 * The bytes once, by way of a spool file that is always removed. What the other side has already, by its SHA-256, is not sent again; what
 * is too large or refused is named there in a comment instead. A repeat finds the file by its name.
 */
export async function copyAttachment(parts: ConnectionParts, input: Input): Promise<AttachmentCopied> {
  const found = input.origin === 'case' ? await ofCase(parts, input) : await ofIssue(parts, input);
  if (!found) return { state: 'refused', sha256: null, copyId: null };
  const most = parts.maxAttachmentBytes;
  if ((found.size ?? 0) > most) return tell(parts, input, found, null, `it is larger than ${most} bytes`);
  const { body, size } = await found.read();
  if ((size ?? 0) > most)
    return tell(parts, input, { ...found, size }, null, `it is larger than ${most} bytes`);
  const copied = await spool(body, most, (spooled) => send(parts, input, found, spooled));
  return copied ?? tell(parts, input, found, null, `it is larger than ${most} bytes`);
}

async function send(
  parts: ConnectionParts,
  input: Input,
  found: Found,
  spooled: Spooled,
): Promise<AttachmentCopied> {
  const { caseId, issueId, origin, key, there } = input;
  const { sha256, size, file } = spooled;
  if (there.includes(sha256)) return { state: 'same', sha256, copyId: null };
  // AWS takes no empty file
  if (size === 0) return tell(parts, input, { ...found, size }, sha256, 'it is empty');
  try {
    if (origin === 'case') {
      const { attachmentId } = await parts.tickets.upload(issueId, { fileName: found.name, file, size });
      return { state: 'copied', sha256, copyId: attachmentId };
    }
    const fileName = toSafeName(found.name, sha256);
    const made = await parts.cases.upload(caseId, { fileName, file, size, clientToken: clientToken(key) });
    return { state: 'copied', sha256, copyId: made.attachmentId };
  } catch (error) {
    if (failureType(error) !== 'InvalidInput') throw error;
    return tell(parts, input, { ...found, size }, sha256, 'it was refused there');
  }
}

async function tell(
  { tickets, cases }: ConnectionParts,
  { caseId, issueId, origin, key }: Input,
  { name, size, where }: Pick<Found, 'name' | 'size' | 'where'>,
  sha256: string | null,
  why: string,
): Promise<AttachmentCopied> {
  const text = toFileText({ name, size, sha256, why, where });
  if (origin === 'case') await tickets.ensureComment(issueId, text, { key: `${key}-link`, note: 'file' });
  else await cases.createComment(caseId, text, clientToken(`${key}-link`));
  return { state: 'linked', sha256, copyId: null };
}

async function ofCase({ cases }: ConnectionParts, { caseId, id }: Input): Promise<Found | undefined> {
  const { attachments, caseArn } = await cases.getCase(caseId);
  const one = attachments.find((each) => each.id === id && each.status === 'Verified');
  const where = `AWS case ${caseArn}`;
  return one && { name: one.fileName, size: null, where, read: () => cases.download(caseId, id) };
}

async function ofIssue(
  { tickets, issueLinkBase }: ConnectionParts,
  { issueId, id }: Input,
): Promise<Found | undefined> {
  const { attachments, key } = await tickets.readIssue(issueId, []);
  const one = attachments.find((each) => each.id === id);
  const where = `Jira issue ${key} (${issueLinkBase}${key})`;
  return one && { name: one.fileName, size: one.size, where, read: () => tickets.download(id) };
}

/** AWS takes `[a-zA-Z0-9._-]` only. Names that become alike are told apart by their content. */
export function toSafeName(name: string, sha256: string): string {
  const safe = name
    .normalize('NFKD')
    .replace(/[^a-zA-Z0-9._-]+/g, '_')
    .replace(/^[._]+/, '');
  if (safe === name && safe.length <= 255) return safe;
  const [, stem = 'file', extension = ''] = /^(.*?)(\.[a-zA-Z0-9]{1,10})?$/.exec(safe || 'file') ?? [];
  return `${(stem || 'file').slice(0, 200)}-${sha256.slice(0, 8)}${extension}`;
}
