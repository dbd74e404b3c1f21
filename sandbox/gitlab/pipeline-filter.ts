import { badParameter } from './gitlab-refusal.ts';
import { isFinal, type Pipeline } from './pipeline.ts';

type Filter = (pipeline: Pipeline, wanted: string) => boolean;

const filters: Readonly<Record<string, Filter>> = {
  scope: (pipeline, scope) => inScope(pipeline, scope),
  status: (pipeline, status) => pipeline.status === status,
  ref: (pipeline, ref) => pipeline.ref === ref,
  sha: (pipeline, sha) => pipeline.sha === sha,
  source: (pipeline, source) => pipeline.source === source,
  username: (pipeline, username) => pipeline.user.username === username,
  name: (pipeline, name) => pipeline.name === name,
  yaml_errors: (_pipeline, wanted) => wanted !== 'true',
  updated_after: (pipeline, date) => pipeline.updatedAt > toDate('updated_after', date),
  updated_before: (pipeline, date) => pipeline.updatedAt < toDate('updated_before', date),
  created_after: (pipeline, date) => pipeline.createdAt > toDate('created_after', date),
  created_before: (pipeline, date) => pipeline.createdAt < toDate('created_before', date),
};

const orders: Readonly<Record<string, (pipeline: Pipeline) => number | string>> = {
  id: (pipeline) => pipeline.id,
  status: (pipeline) => pipeline.status,
  ref: (pipeline) => pipeline.ref,
  updated_at: (pipeline) => pipeline.updatedAt.getTime(),
  user_id: (pipeline) => pipeline.user.id,
};

/** The filters and order of `GET /projects/:id/pipelines`; newest first unless told otherwise. */
export function selectPipelines(pipelines: readonly Pipeline[], query: URLSearchParams): Pipeline[] {
  const by = orders[query.get('order_by') ?? 'id'];
  if (!by) throw badParameter('order_by does not have a valid value');
  const sort = query.get('sort') ?? 'desc';
  if (sort !== 'asc' && sort !== 'desc') throw badParameter('sort does not have a valid value');
  const chosen = pipelines.filter((pipeline) =>
    [...query].every(([name, wanted]) => filters[name]?.(pipeline, wanted) ?? true),
  );
  chosen.sort((a, b) => compare(by(a), by(b)) || a.id - b.id);
  return sort === 'asc' ? chosen : chosen.reverse();
}

function inScope(pipeline: Pipeline, scope: string): boolean {
  if (scope === 'finished') return isFinal(pipeline.status);
  if (scope === 'running' || scope === 'pending') return pipeline.status === scope;
  if (scope === 'branches') return true;
  if (scope === 'tags') return false;
  throw badParameter('scope does not have a valid value');
}

function toDate(name: string, text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw badParameter(`${name} is invalid`);
  return date;
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
