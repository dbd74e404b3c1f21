import { roleIn, type GitlabUser } from '../accounts.ts';
import type { ActivityNote, MergeRequest } from '../merge-request.ts';
import type { ProjectState } from '../project-state.ts';
import { connectionOf, page, paging, text } from './connection.ts';
import { pipelineType } from './pipeline-type.ts';
import type { ObjectType } from './run-query.ts';

const user: ObjectType = {
  name: 'UserCore',
  fields: {
    id: text(({ id }: GitlabUser) => `gid://gitlab/User/${id}`),
    username: text(({ username }: GitlabUser) => username),
    name: text(({ name }: GitlabUser) => name),
    bot: text(({ bot }: GitlabUser) => bot),
  },
};

const noteMetadata: ObjectType = {
  name: 'SystemNoteMetadata',
  fields: { action: text(({ action }: ActivityNote) => action) },
};

const note: ObjectType = {
  name: 'Note',
  fields: {
    id: text(({ id }: ActivityNote) => `gid://gitlab/Note/${id}`),
    createdAt: text(({ at }: ActivityNote) => at.toISOString().replace(/\.\d+Z$/, 'Z')),
    system: text(() => true),
    body: text(({ text: body }: ActivityNote) => body),
    author: { type: () => user, resolve: ({ user: author }: ActivityNote) => author },
    systemNoteMetadata: { type: () => noteMetadata, resolve: (source: ActivityNote) => source },
  },
};
const notes = connectionOf('NoteConnection', () => note);

const mergeRequest: ObjectType = {
  name: 'MergeRequest',
  fields: {
    iid: text(({ iid }: MergeRequest) => String(iid)),
    title: text(({ title }: MergeRequest) => title),
    state: text(({ state }: MergeRequest) => state),
    diffHeadSha: text(({ headSha }: MergeRequest) => headSha),
    /** People's comments are not kept here: without activity there is nothing. */
    notes: {
      args: ['filter', ...paging],
      type: () => notes,
      resolve: ({ notes: all }: MergeRequest, args) =>
        page(args['filter'] === 'ONLY_COMMENTS' ? [] : all, args),
    },
  },
};
const mergeRequests = connectionOf('MergeRequestConnection', () => mergeRequest);

const project: ObjectType = {
  name: 'Project',
  fields: {
    id: text(({ project: { id } }: ProjectState) => `gid://gitlab/Project/${id}`),
    fullPath: text(({ project: { path } }: ProjectState) => path),
    mergeRequests: {
      args: ['iids', ...paging],
      type: () => mergeRequests,
      resolve: ({ mergeRequests: { all } }: ProjectState, args) => {
        const iids = args['iids'] as readonly string[] | null | undefined;
        const chosen = all.filter(({ iid }) => !iids || iids.map(String).includes(String(iid)));
        return page(chosen.toReversed(), args);
      },
    },
    pipeline: {
      args: ['iid', 'sha', 'id'],
      type: () => pipelineType,
      resolve: (state: ProjectState, args) => {
        const found = state.store.pipelines.findLast(
          ({ iid, sha }) => (args['iid'] ?? String(iid)) === String(iid) && (args['sha'] ?? sha) === sha,
        );
        return found ? { state, pipeline: found } : null;
      },
    },
  },
};

/** What this user may ask; a project that one cannot see is null. */
export function rootType(states: readonly ProjectState[], caller: GitlabUser | undefined): ObjectType {
  const visible = states.filter((state) => caller && roleIn(caller, state.project));
  return {
    name: 'Query',
    fields: {
      currentUser: { type: () => user, resolve: () => caller ?? null },
      project: {
        args: ['fullPath'],
        type: () => project,
        resolve: (_: undefined, { fullPath }) =>
          visible.find((state) => state.project.path === fullPath) ?? null,
      },
    },
  };
}
