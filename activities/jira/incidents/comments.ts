import { getComment, updateComment } from '../api.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { ensureComment } from '../comments.ts';
import type { OpenAccess } from '../site.ts';
import { fromPlain, toBlocks, toPlain } from './plain-adf.ts';
import { IncidentComment } from './schema.ts';

interface Order {
  readonly body: string;
  readonly property: Readonly<Record<string, string>>;
}

/** One per `property.key`: looked for first, among our own account's; the list of an issue's comments is consistent. */
export async function ensureIncidentComment(
  open: OpenAccess,
  issueId: string,
  { body, property }: Order,
): Promise<{ commentId: string }> {
  if (property['key'] === undefined) throw new Error('a comment property without a key is never found again');
  const { commentId } = await ensureComment(open, { issueId, body: toBlocks(body), property, once: 'key' });
  return { commentId };
}

/**
 * The property stays. A comment that says it already is left alone, so a repeat tells nobody twice.
 * @throws NotFound it was deleted; Conflict it is somebody else's, whose words are not ours to change
 */
export async function editComment(
  open: OpenAccess,
  issueId: string,
  commentId: string,
  body: string,
): Promise<void> {
  const bot = await open.botAccountId();
  const there = await open.call(`read comment ${commentId} of issue ${issueId}`, async () =>
    IncidentComment.parse(await getComment(open.client, { issueIdOrKey: issueId, id: commentId })),
  );
  if (there.author?.accountId !== bot)
    throw createFailure('Conflict', `jira: edit comment ${commentId}: somebody else wrote it`, {
      details: { system: 'jira', action: `edit comment ${commentId} of issue ${issueId}` },
    });
  const document = fromPlain(body);
  if (toPlain(there.body) === toPlain(document)) return;
  await open.call(`edit comment ${commentId} of issue ${issueId}`, () =>
    updateComment(open.client, { issueIdOrKey: issueId, id: commentId, body: { body: document } }),
  );
}
