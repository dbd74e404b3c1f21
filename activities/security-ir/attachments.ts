import { openAsBlob } from 'node:fs';
import { createFailure } from '../../workflows/shared/failures.ts';
import { toFailure } from '../failures.ts';
import type { OpenCases } from './options.ts';
import type { CaseSystem, IncidentCase } from './port.ts';
import { GetCaseAttachmentDownloadUrlCommand, GetCaseAttachmentUploadUrlCommand } from './sdk/commands.ts';

/** For 100 MiB on a slow line. */
const fileTimeoutMs = 600_000;

type Download = Awaited<ReturnType<CaseSystem['download']>>;

/** The URL is whoever's who has it: it is used at once, and stands in no failure, log or answer. */
export async function download(open: OpenCases, caseId: string, attachmentId: string): Promise<Download> {
  const action = `read attachment ${attachmentId} of case ${caseId}`;
  const command = new GetCaseAttachmentDownloadUrlCommand({ caseId, attachmentId });
  const { attachmentPresignedUrl: url } = await open.send(action, command);
  const answer = await open.call(action, () => getFile(url, action), fileTimeoutMs);
  const length = answer.headers.get('content-length');
  const size = length !== null && /^\d+$/.test(length) ? Number(length) : null;
  return { body: whole(answer.body, size, action), size };
}

/** What the store refuses is XML of its own: it must never pass for the file. */
async function getFile(url: string, action: string): Promise<Response> {
  const answer = await fetch(url, { redirect: 'error' });
  if (answer.status === 200) return answer;
  await answer.body?.cancel();
  throw refused(answer.status, action);
}

async function* whole(
  body: ReadableStream<Uint8Array> | null,
  size: number | null,
  action: string,
): AsyncGenerator<Uint8Array, void> {
  let read = 0;
  try {
    for await (const chunk of body ?? []) {
      read += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw toFailure(error, { system: 'security-ir', action });
  }
  if (size !== null && read !== size)
    throw createFailure('Unavailable', `security-ir: ${action}: ${read} of ${size} bytes came`);
}

/**
 * One file of a name: with `If-None-Match: *` the store refuses to overwrite, and a name that is there after a lost answer is ours.
 * @returns the id when the case lists the file already
 */
export async function upload(
  open: OpenCases,
  getCase: (caseId: string) => Promise<IncidentCase>,
  caseId: string,
  { fileName, file, size, clientToken }: Parameters<CaseSystem['upload']>[1],
): Promise<{ attachmentId: string | null }> {
  const find = async () => {
    const { attachments } = await getCase(caseId);
    return attachments.find((one) => one.fileName === fileName)?.id ?? null;
  };
  const there = await find();
  if (there !== null) return { attachmentId: there };
  const action = `attach a file to case ${caseId}`;
  const command = new GetCaseAttachmentUploadUrlCommand({
    caseId,
    fileName,
    contentLength: size,
    clientToken,
  });
  const { attachmentPresignedUrl: url } = await open.send(action, command);
  const content = await openAsBlob(file);
  await open.call(action, () => putFile(url, content, action), fileTimeoutMs);
  return { attachmentId: await find() };
}

async function putFile(url: string, content: Blob, action: string): Promise<void> {
  const answer = await fetch(url, {
    ...{ method: 'PUT', body: content, redirect: 'error' },
    headers: { 'if-none-match': '*' },
  });
  await answer.body?.cancel();
  // there already: an earlier attempt's answer was lost
  if (answer.ok || answer.status === 412) return;
  throw refused(answer.status, action);
}

function refused(status: number, action: string): Error {
  const type = status >= 500 ? 'Unavailable' : status === 404 ? 'NotFound' : 'UnsupportedResponse';
  return createFailure(type, `security-ir: ${action}: the store of files answered ${status}`, {
    details: { system: 'security-ir', action, status },
  });
}
