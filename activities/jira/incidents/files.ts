import { openAsBlob } from 'node:fs';
import { addAttachment } from '../api.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { toFailure } from '../../failures.ts';
import { toApiError } from '../site-files.ts';
import type { OpenIncidents } from './open-incidents.ts';
import type { IncidentTickets } from './port.ts';
import { readAttachments } from './read-issue.ts';
import { AddedFiles } from './schema.ts';

/** For the largest file that the configuration allows, on a slow line. */
const fileTimeoutMs = 600_000;

type Download = Awaited<ReturnType<IncidentTickets['download']>>;

/** A read, as a stream: who reads it bounds it, and the stream fails when it ends early. A repeat begins anew. */
export async function download(open: OpenIncidents, attachmentId: string): Promise<Download> {
  const call = { system: 'jira', action: `read attachment ${attachmentId}` };
  const answer = await open.call(
    call.action,
    async () => {
      const path = `/rest/api/3/attachment/content/${encodeURIComponent(attachmentId)}`;
      const found = await open.files.get(path);
      if (found.ok) return found;
      throw await toApiError(found);
    },
    fileTimeoutMs,
  );
  const length = answer.headers.get('content-length');
  const size = length !== null && /^\d+$/.test(length) ? Number(length) : null;
  return { body: whole(answer.body, size, call), size };
}

async function* whole(
  body: ReadableStream<Uint8Array> | null,
  size: number | null,
  call: Parameters<typeof toFailure>[1],
): AsyncGenerator<Uint8Array, void> {
  let read = 0;
  try {
    for await (const chunk of body ?? []) {
      read += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw toFailure(error, call);
  }
  if (size === null || read === size) return;
  throw createFailure('Unavailable', `jira: ${call.action}: ${read} of ${size} bytes came`, {
    details: call,
  });
}

/**
 * Jira keeps two files of one name, and a lost answer may have left the first: what our account attached under this name in this size is it.
 * The file is read while it is sent, never into memory. @throws InvalidInput it is larger than Jira takes, or another than was said
 */
export async function upload(
  open: OpenIncidents,
  issueId: string,
  { fileName, file, size }: Parameters<IncidentTickets['upload']>[1],
): Promise<{ attachmentId: string }> {
  const there = await readAttachments(open, issueId);
  const own = there.find((one) => one.byBot && one.fileName === fileName && one.size === size);
  if (own) return { attachmentId: own.id };
  const content = await openAsBlob(file);
  const action = `attach a file to issue ${issueId}`;
  if (content.size !== size)
    throw createFailure('InvalidInput', `jira: ${action}: it has ${content.size} bytes, not ${size}`, {
      details: { system: 'jira', action },
    });
  const [added] = await open.call(
    action,
    async () =>
      AddedFiles.min(1).parse(
        await addAttachment(open.client, {
          issueIdOrKey: issueId,
          attachments: { filename: fileName, content },
        }),
      ),
    fileTimeoutMs,
  );
  return { attachmentId: added?.id ?? '' };
}
