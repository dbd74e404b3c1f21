import { checkOpen } from './change-case.ts';
import type { CaseStore } from './case-store.ts';
import { CreateComment, Page, UpdateComment } from './forms.ts';
import type { Principal, StoredCase, StoredComment } from './model.ts';
import { caseOf, readBody, type Operation } from './operation.ts';
import { pageOf } from './pages.ts';
import { notFound } from './sir-refusal.ts';
import type { createClientTokens } from './tokens.ts';

const firstId = 100_001;

export function commentOperations(
  tokens: ReturnType<typeof createClientTokens<string>>,
): readonly Operation[] {
  return [
    {
      name: 'ListComments',
      method: 'POST',
      uri: '/v1/cases/{caseId}/list-comments',
      async handle(call) {
        const page = await readBody(call, Page);
        const { caseId, comments } = caseOf(call);
        return pageOf(comments, page, `comments ${caseId}`, ({ commentId }) => Number(commentId));
      },
    },
    {
      name: 'CreateCaseComment',
      method: 'POST',
      uri: '/v1/cases/{caseId}/create-comment',
      status: 201,
      async handle(call) {
        const { clientToken, body } = await readBody(call, CreateComment);
        const found = caseOf(call);
        const make = () => {
          checkOpen(found);
          return addComment(call.store, found, body, call.by).commentId;
        };
        const scope = `comment ${found.caseId}`;
        return { commentId: tokens.once(clientToken, scope, { body }, make, (id) => id) };
      },
    },
    {
      name: 'UpdateCaseComment',
      method: 'PUT',
      uri: '/v1/cases/{caseId}/update-case-comment/{commentId}',
      async handle(call) {
        const { body } = await readBody(call, UpdateComment);
        const found = caseOf(call);
        const comment = commentOf(found, call.labels['commentId'] ?? '');
        checkOpen(found);
        editComment(call.store, found, comment, body, call.by);
        return { commentId: comment.commentId, body };
      },
    },
  ];
}

/** @throws ResourceNotFoundException */
export function commentOf(found: StoredCase, commentId: string): StoredComment {
  const comment = found.comments.find((one) => one.commentId === commentId);
  if (!comment) throw notFound(`Comment ${commentId}`);
  return comment;
}

export function addComment(
  store: CaseStore,
  found: StoredCase,
  body: string,
  by: Principal,
  at = store.seconds(),
): StoredComment {
  const last = found.comments.at(-1);
  const comment: StoredComment = {
    commentId: String(last ? Number(last.commentId) + 1 : firstId),
    ...{ createdDate: at, lastUpdatedDate: at, creator: by, lastUpdatedBy: by, body },
  };
  found.comments.push(comment);
  store.touch(found, by, 'Case Comment Added', `Comment ${comment.commentId} was added.`);
  return comment;
}

export function editComment(
  store: CaseStore,
  found: StoredCase,
  comment: StoredComment,
  body: string,
  by: Principal,
): void {
  Object.assign(comment, { body, lastUpdatedBy: by, lastUpdatedDate: store.seconds() });
  store.touch(found, by, 'Case Comment Updated', `Comment ${comment.commentId} was changed.`);
}
