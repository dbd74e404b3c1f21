import { getComment } from '../api.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import { toPlainText } from '../../plain-text.ts';
import { toCommentText } from '../commands.ts';
import { SaidComment } from '../schema.ts';
import type { OpenFindings } from './open-findings.ts';
import type { TicketRemark } from './port.ts';

/** Jira stamps `created` and `updated` of a new comment one after the other. */
const editToleranceMs = 1_000;

/** A read. @returns null when the issue has no such comment */
export async function readComment(
  open: OpenFindings,
  { issueId, commentId }: { readonly issueId: string; readonly commentId: string },
): Promise<TicketRemark | null> {
  const comment = await read(open, issueId, commentId);
  if (!comment) return null;
  const { author, updateAuthor, created, updated, body } = comment;
  const byOther = updateAuthor ? updateAuthor.accountId !== author?.accountId : false;
  return {
    authorAccountId: author?.accountId ?? null,
    isPerson: (author?.accountType ?? 'atlassian') === 'atlassian' && author?.active !== false,
    isEdited: Date.parse(updated) - Date.parse(created) > editToleranceMs || byOther,
    createdAt: created,
    text: toPlainText(toCommentText(body)).trim(),
  };
}

async function read(open: OpenFindings, issueId: string, id: string): Promise<SaidComment | null> {
  try {
    return await open.call(`read comment ${id} of issue ${issueId}`, async () =>
      SaidComment.parse(await getComment(open.client, { issueIdOrKey: issueId, id })),
    );
  } catch (error) {
    if (failureType(error) === 'NotFound') return null;
    throw error;
  }
}
