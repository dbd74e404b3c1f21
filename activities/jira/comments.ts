import { addComment, getComments } from './api.ts';
import type { TicketComment } from '../../workflows/shared/comment.ts';
import { jiraPropertyKey } from '../../workflows/shared/names.ts';
import { toAdf, type AdfDocument } from './adf.ts';
import { readPages } from './pages.ts';
import {
  CommentPage,
  CreatedComment,
  SaidCommentPage,
  type JiraComment,
  type SaidComment,
} from './schema.ts';
import type { OpenAccess } from './site.ts';

interface CommentOrder<P extends Readonly<Record<string, string>>> {
  readonly issueId: string;
  readonly body: TicketComment;
  /** Travels with the comment, invisible to people. */
  readonly property: P;
  /** The member of it that there is one comment of. */
  readonly once: keyof P & string;
}

/**
 * One comment per key. The key travels as a comment property in the create call, and the list by issue is consistent, so
 * that a comment whose answer was lost is found again (design §5).
 */
export async function ensureComment<P extends Readonly<Record<string, string>>>(
  open: OpenAccess,
  { issueId, body, property, once }: CommentOrder<P>,
) {
  const bot = await open.botAccountId();
  const comments = await listComments(open, issueId);
  // Anybody who may comment can set a property: only the bot's own comments count as ours.
  const own = comments.find(
    (comment) => comment.author?.accountId === bot && propertyOf(comment)?.[once] === property[once],
  );
  if (own) return { commentId: own.id, created: false };
  return { commentId: await createComment(open, { issueId, body: toAdf(body), property }), created: true };
}

/** The bare call: whether the comment is there already is the caller's to look up. @returns its id */
export async function createComment(
  open: OpenAccess,
  { issueId, body, property }: { issueId: string; body: AdfDocument; property: object },
): Promise<string> {
  const created = await open.call(`comment on issue ${issueId}`, async () =>
    CreatedComment.parse(
      await addComment(open.client, {
        issueIdOrKey: issueId,
        body,
        properties: [{ key: jiraPropertyKey, value: property }],
      }),
    ),
  );
  return created.id;
}

async function listComments(open: OpenAccess, issueId: string): Promise<JiraComment[]> {
  return readPages(async (startAt) => {
    const page = await open.call(`list comments of issue ${issueId}`, async () =>
      CommentPage.parse(await getCommentPage(open, issueId, startAt)),
    );
    return { items: page.comments, total: page.total };
  });
}

/** The same list with bodies and times. */
export async function listSaidComments(open: OpenAccess, issueId: string): Promise<SaidComment[]> {
  return readPages(async (startAt) => {
    const page = await open.call(`read comments of issue ${issueId}`, async () =>
      SaidCommentPage.parse(await getCommentPage(open, issueId, startAt)),
    );
    return { items: page.comments, total: page.total };
  });
}

export async function getCommentPage(
  { client }: OpenAccess,
  issueId: string,
  startAt: number,
): Promise<unknown> {
  return getComments(client, { issueIdOrKey: issueId, startAt, maxResults: 100, expand: 'properties' });
}

/** Our property of a comment, if it has one. */
export function propertyOf({
  properties,
}: Pick<JiraComment, 'properties'>): Record<string, unknown> | undefined {
  const value = properties?.find(({ key }) => key === jiraPropertyKey)?.value;
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
