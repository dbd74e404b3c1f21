import { createHash } from 'node:crypto';
import { updateComment } from '../api.ts';
import type { TicketComment } from '../../../workflows/shared/comment.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { toAdf } from '../adf.ts';
import { createComment, listSaidComments, propertyOf } from '../comments.ts';
import type { SaidComment } from '../schema.ts';
import type { OpenAccess } from '../site.ts';

interface CommentOrder {
  readonly issueId: string;
  readonly key: string;
  readonly body: TicketComment;
}

/**
 * One comment per key, edited in place. The key travels as a comment property, as in `ensureComment`; beside it stands the
 * digest of what we last wrote, because Jira stores a document with attributes of its own and would never seem unchanged.
 * Every edit carries the property again: it and the text change together, so a lost answer is seen as done by the repeat.
 */
export async function writeComment(open: OpenAccess, { issueId, key, body }: CommentOrder) {
  const bot = await open.botAccountId();
  const document = toAdf(body);
  const property = { key, digest: createHash('sha256').update(JSON.stringify(document)).digest('hex') };
  const comments = await listSaidComments(open, issueId);
  // anybody who may comment can set a property: only the bot's own comments count as ours
  const own = comments.find((one) => one.author?.accountId === bot && propertyOf(one)?.['key'] === key);
  if (!own)
    return { commentId: await createComment(open, { issueId, body: document, property }), changed: true };
  if (isAsWritten(own, bot, property.digest)) return { commentId: own.id, changed: false };
  await open.call(`edit comment ${own.id} of issue ${issueId}`, () =>
    updateComment(open.client, {
      issueIdOrKey: issueId,
      id: own.id,
      body: { body: document, properties: [{ key: jiraPropertyKey, value: property }] },
    }),
  );
  return { commentId: own.id, changed: true };
}

/** What an administrator wrote into our comment is not what we said. */
function isAsWritten(comment: SaidComment, bot: string, digest: string): boolean {
  const editor = comment.updateAuthor?.accountId ?? bot;
  return editor === bot && propertyOf(comment)?.['digest'] === digest;
}
