import type { MergeRequestFacts } from '../../../workflows/change-approval/review-facts.ts';
import type { GitlabConnection } from './connection.ts';
import { ActivityNotes, DiffRefs, type ActivityNote } from './schema.ts';

export type Pushes = MergeRequestFacts['pushes'];

/** REST has the notes one merge request a call; GraphQL answers for so many at once. */
export const pushBatch = 20;

const query = `query($path: ID!, $iids: [String!]) { project(fullPath: $path) { mergeRequests(iids: $iids, first: ${pushBatch}) { nodes { iid notes(filter: ONLY_ACTIVITY, first: 100) { nodes { createdAt system body author { username bot } systemNoteMetadata { action } } pageInfo { hasNextPage endCursor } } } } } }`;

/**
 * Who pushed to the source branches, and when, by GitLab's own notes. Unknown (null) where GitLab does not tell all: more than
 * 100 notes, a pusher without a name, no such merge request, or a GitLab that does not know the question.
 */
export async function readPushes(
  gitlab: GitlabConnection,
  project: string,
  iids: readonly number[],
): Promise<ReadonlyMap<number, Pushes>> {
  const variables = { path: project, iids: iids.map(String) };
  const answer = await gitlab.graphql(
    `read activity of ${iids.length} merge requests of ${project}`,
    ActivityNotes,
    query,
    variables,
  );
  const nodes = answer?.project?.mergeRequests.nodes ?? [];
  const known = new Map(nodes.map(({ iid, notes }) => [Number(iid), toPushes(notes)]));
  return new Map(iids.map((iid) => [iid, known.get(iid) ?? null]));
}

function toPushes(notes: { nodes: readonly ActivityNote[]; pageInfo: { hasNextPage: boolean } }): Pushes {
  if (notes.pageInfo.hasNextPage) return null;
  const pushed = notes.nodes.filter((note) => note.system && note.systemNoteMetadata?.action === 'commit');
  const named = pushed.flatMap(({ author, createdAt }) =>
    author ? [{ user: author.username, bot: author.bot ?? false, at: createdAt }] : [],
  );
  if (named.length < pushed.length) return null;
  return named.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Merge requests a question. */
export const baseBatch = 100;

const baseQuery = `query($path: ID!, $iids: [String!]) { project(fullPath: $path) { mergeRequests(iids: $iids, first: ${baseBatch}) { nodes { iid diffRefs { baseSha } } } } }`;

/** Where the reviewed diffs begin; the list of merge requests does not tell. Absent: GitLab does not either. */
export async function readBases(
  gitlab: GitlabConnection,
  project: string,
  iids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const action = `read diff bases of ${iids.length} merge requests of ${project}`;
  const variables = { path: project, iids: iids.map(String) };
  const answer = await gitlab.graphql(action, DiffRefs, baseQuery, variables);
  const nodes = answer?.project?.mergeRequests.nodes ?? [];
  return new Map(
    nodes.flatMap(({ iid, diffRefs }): [number, string][] =>
      diffRefs?.baseSha ? [[Number(iid), diffRefs.baseSha]] : [],
    ),
  );
}
