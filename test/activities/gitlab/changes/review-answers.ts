import { shaOf } from '../../../../bench/change-history.ts';
import { type Respond } from '../../../support/loopback.ts';
import { changesAt, get, graphql, project, rules } from './changes-gitlab.ts';

export const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
export const from = shaOf(0);
export const commit = (number: number, parent: number, changed: object = {}) => ({
  id: shaOf(number),
  parent_ids: [shaOf(parent)],
  title: `Commit ${number}`,
  message: `Commit ${number}\n`,
  author_name: 'Dev',
  author_email: 'dev@example.com',
  committer_name: 'Dev',
  committer_email: 'dev@example.com',
  committed_date: '2026-10-01T08:00:00.000+02:00',
  web_url: `https://gitlab.test/c/${number}`,
  ...changed,
});
export const merged = (iid: number, changed: object) => ({
  iid,
  title: `Work ${iid}`,
  web_url: `https://gitlab.test/mr/${iid}`,
  source_branch: `work-${iid}`,
  author: { username: 'dev' },
  merged_at: '2026-10-01T07:00:00Z',
  sha: shaOf(900 + iid),
  merge_commit_sha: null,
  squash_commit_sha: null,
  ...changed,
});
export const approvedBy = (username: string, at = '2026-10-01T06:30:00Z') => ({
  body: { approved_by: [{ user: { username }, approved_at: at }] },
});
export const note = (changed: object = {}) => ({
  createdAt: '2026-10-01T06:00:00Z',
  system: true,
  body: 'added 1 commit',
  author: { username: 'dev', bot: false },
  systemNoteMetadata: { action: 'commit' },
  ...changed,
});
export const nodesOf = (nodes: object[]) => ({ body: { data: { project: { mergeRequests: { nodes } } } } });
export const activity = (iid: number, nodes: object[] = [note()], hasNextPage = false) =>
  nodesOf([{ iid: String(iid), notes: { nodes, pageInfo: { hasNextPage, endCursor: null } } }]);
export const bases = (iid: number, base: number) =>
  nodesOf([{ iid: String(iid), diffRefs: { baseSha: shaOf(base) } }]);

/** One commit that one merge request brought by fast-forward. */
export const single = (changes: {
  commits?: Respond;
  list?: Respond;
  notes?: Respond;
  approvals?: Respond;
  bases?: Respond;
}) => [
  get('/repository/commits', changes.commits ?? { body: [commit(1, 0)] }),
  get('/merge_requests', changes.list ?? { body: [merged(1, { sha: shaOf(1) })] }),
  graphql(changes.notes ?? activity(1)),
  get('/merge_requests/1/approvals', changes.approvals ?? approvedBy('sue')),
  graphql(changes.bases ?? bases(1, 0)),
];
export const review = (url: string, to = shaOf(1)) => changesAt(url).reviewCode({ project, from, to, rules });
