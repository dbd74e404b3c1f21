import type { AttachmentCopied } from '../../workflows/incident-sync/steps.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { withoutSession } from '../security-ir/own-principal.ts';
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
  /** No older file of its side has its name. */
  readonly isFirst: boolean;
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
  const { tickets, cases } = parts;
  if (there.includes(sha256)) return { state: 'same', sha256, copyId: null };
  // AWS takes no empty file
  if (size === 0) return tell(parts, input, { ...found, size }, sha256, 'it is empty');
  try {
    const place =
      origin === 'case'
        ? await inIssue(parts, input, found, spooled)
        : await inCase(parts, input, found, spooled);
    if ('there' in place) return { state: 'copied', sha256, copyId: place.there };
    const { fileName } = place;
    const { attachmentId } =
      origin === 'case'
        ? await tickets.upload(issueId, { fileName, file, size })
        : await cases.upload(caseId, { fileName, file, size, clientToken: clientToken(key) });
    return { state: 'copied', sha256, copyId: attachmentId };
  } catch (error) {
    if (failureType(error) !== 'InvalidInput') throw error;
    return tell(parts, input, { ...found, size }, sha256, 'it was refused there');
  }
}

/** Where it is already, by an attempt whose answer was lost; or a name under which nothing else stands. */
type Place = { readonly there: string } | { readonly fileName: string };

/** Two files of one name and size are one only if their bytes are. */
async function inIssue(
  { tickets, maxAttachmentBytes }: ConnectionParts,
  { issueId }: Input,
  { name }: Found,
  { size, sha256 }: Spooled,
): Promise<Place> {
  const { attachments } = await tickets.readIssue(issueId, []);
  const alike = attachments.filter((one) => one.byBot && one.fileName === name && one.size === size);
  for (const { id } of alike)
    if ((await contentOf(await tickets.download(id), maxAttachmentBytes)) === sha256) return { there: id };
  return { fileName: alike.length > 0 ? toldApart(name, sha256) : name };
}

/** The same; of what AWS has not checked yet nobody can read the bytes: ours is this file, unless an older one of Jira's has its name. */
async function inCase(
  { cases, maxAttachmentBytes }: ConnectionParts,
  { caseId }: Input,
  { name, isFirst }: Found,
  { sha256 }: Spooled,
): Promise<Place> {
  const fileName = toSafeName(name, sha256);
  const [{ attachments }, own] = await Promise.all([cases.getCase(caseId), cases.ownPrincipal()]);
  const alike = attachments.filter((one) => one.fileName === fileName);
  for (const { id, status, creator } of alike) {
    if (status === 'Pending' && isFirst && withoutSession(creator) === own) return { there: id };
    if (status !== 'Verified') continue;
    if ((await contentOf(await cases.download(caseId, id), maxAttachmentBytes)) === sha256)
      return { there: id };
  }
  return { fileName: alike.length > 0 ? toldApart(fileName, sha256) : fileName };
}

/** @returns undefined: it is larger than anything that is copied */
function contentOf({ body }: Awaited<ReturnType<Found['read']>>, most: number): Promise<string | undefined> {
  return spool(body, most, ({ sha256 }) => Promise.resolve(sha256));
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
  if (!one) return undefined;
  const { fileName: name } = one;
  const isFirst = attachments.find((each) => each.fileName === name) === one;
  return { name, size: null, where, isFirst, read: () => cases.download(caseId, id) };
}

async function ofIssue(
  { tickets, issueLinkBase }: ConnectionParts,
  { issueId, id }: Input,
): Promise<Found | undefined> {
  const { attachments, key } = await tickets.readIssue(issueId, []);
  const one = attachments.find((each) => each.id === id);
  const where = `Jira issue ${key} (${issueLinkBase}${key})`;
  if (!one) return undefined;
  const { fileName: name, size } = one;
  const isFirst = attachments.find((each) => each.fileName === name) === one;
  return { name, size, where, isFirst, read: () => tickets.download(id) };
}

/** AWS takes `[a-zA-Z0-9._-]` only. Names that become alike are told apart by their content. */
export function toSafeName(name: string, sha256: string): string {
  const [stem, extension] = partsOf(name);
  const safe = stem
    .normalize('NFKD')
    .replace(/[^a-zA-Z0-9._-]+/g, '_')
    .replace(/^[._]+/, '');
  const whole = safe + extension;
  return safe !== '' && whole === name && whole.length <= 255 ? whole : toldApart(whole, sha256);
}

/** By its content: the same for every try. */
function toldApart(name: string, sha256: string): string {
  const [stem, extension] = partsOf(name);
  return `${(stem || 'file').slice(0, 200)}-${sha256.slice(0, 8)}${extension}`;
}

function partsOf(name: string): [stem: string, extension: string] {
  const [, stem = '', extension = ''] = /^(.*?)(\.[a-zA-Z0-9]{1,10})?$/s.exec(name) ?? [];
  return [stem, extension];
}
