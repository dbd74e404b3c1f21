import { isRecord, text } from '../../../workflows/shared/guards.ts';

/** Whose doing an event is, by account id. Comment events name nobody as `user`: whoever wrote last is in the comment. */
export function authorOf(body: unknown): string | undefined {
  const { user, comment } = isRecord(body) ? body : {};
  const { updateAuthor, author } = isRecord(comment) ? comment : {};
  return text(user, 'accountId') ?? text(updateAuthor, 'accountId') ?? text(author, 'accountId');
}
