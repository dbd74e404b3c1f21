import type { CaseSide, CommentMark, FieldMap } from '../../workflows/incident-sync/sides.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { incidentTag } from '../../workflows/shared/names.ts';
import { withoutSession } from '../security-ir/own-principal.ts';
import type { CaseComment, IncidentCase } from '../security-ir/port.ts';
import { originalOf } from './comment-text.ts';
import { hashOf } from './hash.ts';
import type { ConnectionParts } from './parts.ts';
import { routeOf } from './route.ts';

interface Wanted {
  readonly caseId: string;
  readonly fields: readonly FieldMap[];
  readonly withTag: boolean;
}

/** The whole case as hashes. Nothing is concluded from a part: any page that fails fails it all. */
export async function readCase(
  parts: ConnectionParts,
  { caseId, fields, withTag }: Wanted,
): Promise<CaseSide> {
  const read = await readOrGone(parts, caseId);
  if (!read) return gone;
  const { one, comments } = read;
  const own = await parts.cases.ownPrincipal();
  const tags = withTag ? await parts.cases.readTags(one.caseArn) : {};
  const route = routeOf(parts.routes, one);
  const isOurs = (creator: string) => withoutSession(creator) === own;
  return {
    found: true,
    ...{ caseArn: one.caseArn, status: one.status, resolverType: one.resolverType },
    ...{ pendingAction: one.pendingAction, closureCode: one.closureCode, closedAt: one.closedAt },
    updatedAt: one.updatedAt,
    fields: Object.fromEntries(fields.map(({ key, caseField }) => [key, hashOf(one.fields[caseField])])),
    watchers: hashOf(one.watchers.map(({ email }) => email.toLowerCase())),
    comments: comments.map((comment) => toMark(comment, isOurs(comment.creator), parts.internalPrefix)),
    attachments: one.attachments.map(({ id, fileName, createdAt, status, creator }) => ({
      ...{ id, hash: hashOf(`${fileName}\n${createdAt}`), size: null, status, ours: isOurs(creator) },
    })),
    issueTag: tags[incidentTag] ?? null,
    route: route.sync ? route.name : '',
    severe: route.severe,
  };
}

/** A case that is gone holds nothing. */
export async function readSeverity(
  { cases, routes }: ConnectionParts,
  { caseId }: { caseId: string },
): Promise<{ severe: boolean }> {
  try {
    const one = await cases.getCase(caseId);
    return { severe: one.status !== 'Closed' && routeOf(routes, one).severe };
  } catch (error) {
    if (failureType(error) === 'NotFound') return { severe: false };
    throw error;
  }
}

async function readOrGone(
  { cases }: ConnectionParts,
  caseId: string,
): Promise<{ one: IncidentCase; comments: readonly CaseComment[] } | undefined> {
  try {
    const [one, comments] = await Promise.all([cases.getCase(caseId), cases.listComments(caseId)]);
    return { one, comments };
  } catch (error) {
    // a lost permission is a failure of its own (S-97)
    if (failureType(error) === 'NotFound') return undefined;
    throw error;
  }
}

function toMark({ id, body, createdAt }: CaseComment, ours: boolean, prefix: string): CommentMark {
  return {
    ...{ id, hash: hashOf(body), createdAt, ours },
    internal: body.trimStart().startsWith(prefix),
    copyOf: ours ? originalOf(body) : null,
  };
}

const gone: CaseSide = {
  ...{ found: false, caseArn: '', status: 'Closed', resolverType: 'Self', pendingAction: 'None' },
  ...{ closureCode: null, closedAt: null, updatedAt: '', fields: {}, watchers: '', comments: [] },
  ...{ attachments: [], issueTag: null, route: '', severe: false },
};
