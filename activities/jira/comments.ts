import { addComment, getComments } from 'jira.js/cloud';
import type { TicketComment } from '../../workflows/shared/comment.ts';
import { jiraPropertyKey } from '../../workflows/shared/names.ts';
import { toAdf } from './adf.ts';
import { readPages } from './pages.ts';
import { CommentPage, CreatedComment, type JiraComment } from './schema.ts';
import type { OpenSite } from './site.ts';

interface CommentOrder {
  readonly issueId: string;
  readonly key: string;
  readonly body: TicketComment;
}

/**
 * One comment per key. The key travels as a comment property in the create call, and the list by issue is consistent, so
 * that a comment whose answer was lost is found again (design §5).
 */
export async function ensureComment(open: OpenSite, order: CommentOrder) {
  const bot = await open.botAccountId();
  const comments = await listComments(open, order.issueId);
  const own = comments.find((comment) => comment.author?.accountId === bot && hasKey(comment, order.key));
  if (own) return { commentId: own.id, created: false };
  const created = await open.call(`comment on issue ${order.issueId}`, async () =>
    CreatedComment.parse(
      await addComment(open.client, {
        issueIdOrKey: order.issueId,
        body: toAdf(order.body),
        properties: [{ key: jiraPropertyKey, value: { key: order.key } }],
      }),
    ),
  );
  return { commentId: created.id, created: true };
}

async function listComments(open: OpenSite, issueId: string): Promise<JiraComment[]> {
  return readPages(async (startAt) => {
    const page = await open.call(`list comments of issue ${issueId}`, async () =>
      CommentPage.parse(
        await getComments(open.client, {
          issueIdOrKey: issueId,
          startAt,
          maxResults: 100,
          expand: 'properties',
        }),
      ),
    );
    return { items: page.comments, total: page.total };
  });
}

/** Anybody who may comment can set a property: only the bot's own comments count as ours. */
function hasKey(comment: JiraComment, key: string): boolean {
  const value = comment.properties?.find((property) => property.key === jiraPropertyKey)?.value;
  return typeof value === 'object' && value !== null && 'key' in value && value.key === key;
}
