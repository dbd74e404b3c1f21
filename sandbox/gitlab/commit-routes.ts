import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { diffOf, diffOfCommit, statsOf, toCommit } from './commit-entities.ts';
import type { Commit } from './commit.ts';
import { logOf, mergeBase } from './commit-walk.ts';
import { toPipelineBasic } from './entities.ts';
import { badParameter, notFound } from './gitlab-refusal.ts';
import { toMergeRequestBasic } from './merge-request-entities.ts';
import { pageOf, pageWithoutTotals } from './paging.ts';
import { projectUrl } from './project.ts';

/** `/projects/:id/repository/…` as far as a reviewer of changes reads it. */
export function commitRoutes(): ApiRoute[] {
  const shown = (call: ApiCall, commit: Commit) => toCommit(commit, call.state.project, call.baseUrl);

  function commitOf(call: ApiCall): Commit {
    return call.state.repository.find(call.word('sha')) ?? missing('Commit');
  }

  function compare(call: ApiCall): VendorResponse {
    const { repository, project } = call.state;
    const [fromName, toName] = [required(call, 'from'), required(call, 'to')];
    const from = repository.find(fromName) ?? missing('Ref');
    const to = repository.find(toName) ?? missing('Ref');
    const straight = String(call.parameters['straight']) === 'true';
    const base = straight ? from : (mergeBase(repository, from, to) ?? missing('Merge base'));
    const commits = logOf(repository, to, { from }).reverse();
    const last = commits.at(-1);
    const body = {
      commit: last ? shown(call, last) : null,
      commits: commits.map((commit) => shown(call, commit)),
      diffs: diffOf(base.tree, to.tree),
      compare_timeout: false,
      compare_same_ref: from.sha === to.sha,
      web_url: `${projectUrl(project, call.baseUrl)}/-/compare/${from.sha}...${to.sha}`,
    };
    return { status: 200, body };
  }

  function list(call: ApiCall): VendorResponse {
    const { repository, project } = call.state;
    const { query } = call.request;
    const range = query.get('ref_name') ?? project.defaultBranch;
    const [toName = '', fromName] = range.split('..').reverse();
    const to = repository.find(toName);
    const from = fromName === undefined ? undefined : (repository.find(fromName) ?? missing('Commit'));
    if (!to) throw notFound('Commit');
    const firstParent = query.get('first_parent') === 'true';
    const chosen = logOf(repository, to, { from, firstParent }).filter((commit) => matches(call, commit));
    const entities = chosen.map((commit) => shown(call, commit));
    return pageWithoutTotals(entities, call.request, call.baseUrl);
  }

  function show(call: ApiCall): VendorResponse {
    const commit = commitOf(call);
    const { store, project, repository } = call.state;
    const last = store.pipelines.findLast(({ sha }) => sha === commit.sha);
    const stats =
      call.parameters['stats'] === 'false' ? {} : { stats: statsOf(diffOfCommit(repository, commit)) };
    const more = { ...stats, status: last?.status ?? null, project_id: project.id };
    const pipeline = last ? toPipelineBasic(last, project) : null;
    return { status: 200, body: { ...shown(call, commit), ...more, last_pipeline: pipeline } };
  }

  const diff = (call: ApiCall) =>
    pageOf(diffOfCommit(call.state.repository, commitOf(call)), call.request, call.baseUrl);

  function mergeRequests(call: ApiCall): VendorResponse {
    const wanted = call.request.query.get('state') ?? 'all';
    const found = call.state.mergeRequests.ofCommit(commitOf(call).sha);
    const entities = found
      .filter(({ state }) => wanted === 'all' || state === wanted)
      .map((one) => toMergeRequestBasic(one, call.state.project, call.baseUrl));
    return pageOf(entities, call.request, call.baseUrl);
  }

  function refs(call: ApiCall): VendorResponse {
    const { repository } = call.state;
    const { sha } = commitOf(call);
    const names = [...repository.branches.keys()].filter((name) =>
      logOf(repository, repository.head(name)).some((commit) => commit.sha === sha),
    );
    return pageOf(
      names.map((name) => ({ type: 'branch', name })),
      call.request,
      call.baseUrl,
    );
  }

  const commits = '/projects/:id/repository/commits';
  const one = `${commits}/:sha`;
  const read = (pattern: string, handle: (call: ApiCall) => VendorResponse): ApiRoute => ({
    ...{ method: 'GET', pattern, role: 'reporter', handle },
  });
  return [
    read('/projects/:id/repository/compare', compare),
    read(commits, list),
    read(one, show),
    read(`${one}/diff`, diff),
    read(`${one}/merge_requests`, mergeRequests),
    read(`${one}/refs`, refs),
  ];
}

function matches({ request: { query }, state }: ApiCall, commit: Commit): boolean {
  const [since, until, author, path] = ['since', 'until', 'author', 'path'].map((name) => query.get(name));
  if (since && commit.committedDate < toDate('since', since)) return false;
  if (until && commit.committedDate > toDate('until', until)) return false;
  if (author && !`${commit.author.name} <${commit.author.email}>`.includes(author)) return false;
  return !path || diffOfCommit(state.repository, commit).some((file) => file.new_path === path);
}

function toDate(name: string, text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw badParameter(`${name} is invalid`);
  return date;
}

function required({ parameters }: ApiCall, name: string): string {
  const value = parameters[name];
  if (typeof value !== 'string' || value === '') throw badParameter(`${name} is missing`);
  return value;
}

function missing(what: string): never {
  throw notFound(what);
}
