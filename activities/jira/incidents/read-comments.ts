import { createFailure } from '../../../workflows/shared/failures.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import { toPlainText } from '../../plain-text.ts';
import { getCommentPage, propertyOf } from '../comments.ts';
import { readPages } from '../pages.ts';
import type { OpenAccess } from '../site.ts';
import { toPlain } from './plain-adf.ts';
import type { IssueComment } from './port.ts';
import { IncidentCommentPage, type IncidentComment } from './schema.ts';

const mostLooks = 3;

/**
 * All comments that our account may read, oldest first. Pages are counted by position: a comment that is deleted while they are
 * read moves another one off them, and what is left out would pass for deleted. Then they are read again.
 * @throws Unavailable they change faster than they can be read
 */
export async function readComments(open: OpenAccess, issueId: string): Promise<readonly IssueComment[]> {
  const bot = await open.botAccountId();
  for (let look = 1; look <= mostLooks; look += 1) {
    const comments = await readOnce(open, issueId);
    if (comments) return comments.map((comment) => toIssueComment(comment, bot));
  }
  throw createFailure(
    'Unavailable',
    `jira: read comments of issue ${issueId}: they changed while they were read`,
    {
      details: { system: 'jira', action: `read comments of issue ${issueId}` },
    },
  );
}

async function readOnce(open: OpenAccess, issueId: string): Promise<IncidentComment[] | undefined> {
  const totals = new Set<number | undefined>();
  const comments = await readPages(async (startAt) => {
    const page = await open.call(`read comments of issue ${issueId}`, async () =>
      IncidentCommentPage.parse(await getCommentPage(open, issueId, startAt)),
    );
    totals.add(page.total);
    return { items: page.comments, total: page.total };
  });
  const isWhole = totals.size === 1 && [...totals].every((total) => (total ?? 0) <= comments.length);
  return isWhole && new Set(comments.map(({ id }) => id)).size === comments.length ? comments : undefined;
}

function toIssueComment(comment: IncidentComment, bot: string): IssueComment {
  const { id, author, body, created, updated, visibility, jsdPublic } = comment;
  const byBot = author?.accountId === bot;
  return {
    id,
    body: toPlain(body),
    authorName:
      toPlainText(author?.displayName ?? '')
        .replace(/\s+/g, ' ')
        .trim() || 'somebody',
    byBot,
    restricted: isRecord(visibility) || jsdPublic === false,
    createdAt: created,
    updatedAt: updated,
    // anybody who may comment can set a property
    property: byBot ? textsOf(propertyOf({ properties: comment.properties ?? [] })) : null,
  };
}

function textsOf(value: Readonly<Record<string, unknown>> | undefined): IssueComment['property'] {
  if (!value) return null;
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
