import { withoutSession } from '../security-ir/own-principal.ts';
import { clientToken } from './hash.ts';
import type { ConnectionParts } from './parts.ts';
import type { IncidentPort } from './port.ts';
import { toDeletedText } from './texts.ts';

/** AWS answers a second call of the same token with the first one's comment; one that stands there already is enough, too. */
export async function tellCase(
  { cases }: ConnectionParts,
  { caseId, issueKey, key }: Parameters<IncidentPort['tellCase']>[0],
): Promise<void> {
  const text = toDeletedText(issueKey);
  const [{ status }, comments, own] = await Promise.all([
    cases.getCase(caseId),
    cases.listComments(caseId),
    cases.ownPrincipal(),
  ]);
  const isThere = comments.some(({ body, creator }) => body === text && withoutSession(creator) === own);
  if (status !== 'Closed' && !isThere) await cases.createComment(caseId, text, clientToken(key));
}
