import { badParameter } from './gitlab-refusal.ts';
import type { MergeRequest } from './merge-request.ts';

type Filter = (mergeRequest: MergeRequest, wanted: string) => boolean;

const filters: Readonly<Record<string, Filter>> = {
  state: ({ state }, wanted) => wanted === 'all' || state === wanted,
  target_branch: ({ targetBranch }, wanted) => targetBranch === wanted,
  source_branch: ({ sourceBranch }, wanted) => sourceBranch === wanted,
  author_username: ({ author }, wanted) => author.username === wanted,
  updated_after: ({ updatedAt }, date) => updatedAt >= toDate('updated_after', date),
  updated_before: ({ updatedAt }, date) => updatedAt <= toDate('updated_before', date),
  created_after: ({ createdAt }, date) => createdAt >= toDate('created_after', date),
  created_before: ({ createdAt }, date) => createdAt <= toDate('created_before', date),
  search: ({ title, description }, wanted) =>
    `${title}\n${description}`.toLowerCase().includes(wanted.toLowerCase()),
};

const orders: Readonly<Record<string, (mergeRequest: MergeRequest) => number | string>> = {
  created_at: ({ createdAt }) => createdAt.getTime(),
  updated_at: ({ updatedAt }) => updatedAt.getTime(),
  merged_at: ({ mergedAt }) => mergedAt?.getTime() ?? 0,
  title: ({ title }) => title,
};

/** The filters and order of `GET /projects/:id/merge_requests`; newest first unless told otherwise. */
export function selectMergeRequests(all: readonly MergeRequest[], query: URLSearchParams): MergeRequest[] {
  const by = orders[query.get('order_by') ?? 'created_at'];
  if (!by) throw badParameter('order_by does not have a valid value');
  const sort = query.get('sort') ?? 'desc';
  if (sort !== 'asc' && sort !== 'desc') throw badParameter('sort does not have a valid value');
  const iids = [...query.getAll('iids[]'), ...query.getAll('iids')];
  const chosen = all
    .filter(({ iid }) => iids.length === 0 || iids.includes(String(iid)))
    .filter((one) => [...query].every(([name, wanted]) => filters[name]?.(one, wanted) ?? true));
  chosen.sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : a.iid - b.iid));
  return sort === 'asc' ? chosen : chosen.reverse();
}

function toDate(name: string, text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw badParameter(`${name} is invalid`);
  return date;
}
