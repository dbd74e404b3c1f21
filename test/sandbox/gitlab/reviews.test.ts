import assert from 'node:assert/strict';
import { mergedChange, sha, main, startChangeGitlab, type ChangeGitlab } from './change-fixture.ts';

interface Note {
  createdAt: string;
  system: boolean;
  body: string;
  author: { username: string; bot: boolean };
  systemNoteMetadata: { action: string };
}

const activity =
  'query($path: ID!, $iids: [String!]) { project(fullPath: $path) { mergeRequests(iids: $iids, first: 20) { nodes { iid notes(filter: ONLY_ACTIVITY, first: 100) { nodes { createdAt system body author { username bot } systemNoteMetadata { action } } pageInfo { hasNextPage endCursor } } } } } }';

describe('GitLab stand-in: merge requests', () => {
  let gitlab: ChangeGitlab;
  beforeEach(async () => {
    gitlab = await startChangeGitlab();
  });
  afterEach(() => gitlab.front.stop());

  const file = { path: 'src/new.ts', after: 'export {};\n' };
  async function opened(author = 'dana'): Promise<number> {
    const mergeRequest = { title: 'SHOP-1 add a part' };
    const { mergeRequest: made } = await gitlab
      .person(author)
      .push('part', [{ title: 'Add', files: [file] }], { mergeRequest });
    return made?.iid ?? 0;
  }
  async function actions(iid: number): Promise<string[]> {
    return (
      (await notes([iid]))[0]?.map((note) => `${note.author.username} ${note.systemNoteMetadata.action}`) ??
      []
    );
  }
  async function notes(iids: number[]): Promise<Note[][]> {
    const answer = await gitlab.graphql(activity, { path: 'shop/web', iids: iids.map(String) });
    const { project } = answer.data as unknown as {
      project: { mergeRequests: { nodes: { notes: { nodes: Note[] } }[] } };
    };
    return project.mergeRequests.nodes.map((one) => one.notes.nodes);
  }
  const read = async <T>(path: string) => (await gitlab.shop('GET', path)).body as T;

  it('approves with the time, but never twice, and not the author', async () => {
    const iid = await opened();
    assert.deepEqual(
      await gitlab
        .person('sue')
        .approve(iid)
        .then(({ approved }) => approved),
      true,
    );
    await assert.rejects(gitlab.person('sue').approve(iid), /401/);
    await assert.rejects(gitlab.person('dana').approve(iid), /401/);
    const { approved_by: approvals } = await read<{
      approved_by: { user: { username: string }; approved_at: string }[];
    }>(`/merge_requests/${iid}/approvals`);
    assert.deepEqual(
      approvals.map(({ user }) => user.username),
      ['sue'],
    );
    assert.ok(Date.parse(approvals[0]?.approved_at ?? '') > 0);
  });

  it('refuses an approval of another head than was looked at', async () => {
    const iid = await opened();
    await assert.rejects(gitlab.person('sue').approve(iid, sha('f')), /409 .*SHA does not match HEAD/);
  });

  it('tells pushes, approvals and the merge as activity, in order, with the pusher', async () => {
    const iid = await opened();
    await gitlab.person('sue').approve(iid);
    await gitlab
      .person('dev')
      .push('part', [{ title: 'More', author: { name: 'Dana', email: 'dana@example.com' } }]);
    await gitlab.person('sue').unapprove(iid);
    await gitlab.person('lee').approve(iid);
    await gitlab.person('lee').merge(iid);
    assert.deepEqual(await actions(iid), [
      'sue approved',
      'dev commit',
      'sue unapproved',
      'lee approved',
      'lee merged',
    ]);
    const [pushed] = (await notes([iid]))[0]?.filter(({ body }) => body.startsWith('added 1 commit')) ?? [];
    assert.match(pushed?.body ?? '', /<li>[0-9a-f]{8} - More<\/li>/);
  });

  it('resets approvals on a push where the project is set so', async () => {
    await gitlab.control('seed', { resetApprovalsOnPush: true });
    const iid = await opened();
    await gitlab.person('sue').approve(iid);
    await gitlab.person('dana').push('part', [{ title: 'More' }]);
    assert.deepEqual(await actions(iid), ['sue approved', 'dana commit', 'dana approvals_reset']);
    assert.equal((await read<{ approved: boolean }>(`/merge_requests/${iid}/approvals`)).approved, false);
  });

  it('squashes into one commit of the author, and names both commits', async () => {
    const iid = await opened();
    await gitlab.person('dana').push('part', [{ title: 'More', files: [{ path: 'more', after: 'm\n' }] }]);
    const merged = await gitlab.person('lee').merge(iid, { squash: true });
    const squashed = await read<{ author_name: string; committer_name: string }>(
      `/repository/commits/${merged.squashCommitSha}`,
    );
    assert.deepEqual([squashed.author_name, squashed.committer_name], ['Dana Petrov', 'Lee Park']);
    const paths = await read<{ new_path: string }[]>(`/repository/commits/${merged.squashCommitSha}/diff`);
    assert.deepEqual(
      paths.map((diff) => diff.new_path),
      ['more', 'src/new.ts'],
    );
    const shown = await read<Record<string, string>>(`/merge_requests/${iid}`);
    assert.deepEqual(
      [shown['merge_commit_sha'], shown['squash_commit_sha']],
      [merged.mergeCommitSha, merged.squashCommitSha],
    );
  });

  it('fast-forwards without a merge commit, and only an up-to-date branch', async () => {
    const iid = await opened();
    const merged = await gitlab.person('lee').merge(iid, { method: 'ff' });
    assert.equal(merged.mergeCommitSha, null);
    await gitlab.person('dana').push('old', [{ title: 'Old' }], { mergeRequest: { title: 'Old' } });
    await gitlab.person('lee').push('main', [{ title: 'Direct' }], { pipeline: false });
    await assert.rejects(gitlab.person('lee').merge(2, { method: 'ff' }), /no fast forward/);
  });

  it('lists by state, time and iid, newest first', async () => {
    const first = await mergedChange(gitlab);
    const second = await opened();
    const iids = async (query: string) =>
      (await read<{ iid: number }[]>(`/merge_requests?${query}`)).map(({ iid }) => iid);
    assert.deepEqual(await iids(''), [second, first.iid]);
    assert.deepEqual(await iids('state=merged'), [first.iid]);
    assert.deepEqual(await iids('iids[]=2&state=all'), [second]);
    assert.deepEqual(await iids('updated_after=2099-01-01T00:00:00Z'), []);
    assert.equal((await gitlab.shop('GET', '/merge_requests?order_by=weight')).status, 400);
  });

  it('seeds merge requests with what REST and GraphQL tell of them, strangers and bots included', async () => {
    const author = { name: 'Renovate', email: 'bot@renovate.example' };
    const commit = {
      sha: sha('a'),
      title: 'Bump',
      author,
      authoredDate: '2026-11-10T10:00:00Z',
      branch: 'renovate',
    };
    const at = '2026-11-10T11:00:00Z';
    const one = { title: 'Bump', sourceBranch: 'renovate', author: 'renovate-bot', commits: [sha('a')] };
    const activity = [{ at, user: 'renovate-bot', kind: 'commit', shas: [sha('a')] }];
    const made = await gitlab.control('seed', {
      commits: [commit],
      mergeRequests: [{ ...one, activity, mergedAt: at, mergedBy: 'lee', mergeCommitSha: main }],
    });
    assert.deepEqual(made, { hooks: [], commits: [sha('a')], mergeRequests: [1] });
    const [note] = (await notes([1]))[0] ?? [];
    assert.deepEqual(note?.author, { username: 'renovate-bot', bot: true });
    assert.equal(note?.createdAt, at);
  });

  it('pages notes by cursor', async () => {
    const iid = await opened();
    for (let n = 0; n < 3; n += 1) await gitlab.person('dana').push('part', [{ title: `Step ${n}` }]);
    const query =
      'query($after: String) { project(fullPath: "shop/web") { mergeRequests(iids: ["1"]) { nodes { notes(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } } } }';
    const page = async (after: string | null) => {
      const { data } = (await gitlab.graphql(query, { after })) as unknown as {
        data: {
          project: {
            mergeRequests: {
              nodes: { notes: { nodes: []; pageInfo: { hasNextPage: boolean; endCursor: string } } }[];
            };
          };
        };
      };
      return data.project.mergeRequests.nodes[0]?.notes;
    };
    const first = await page(null);
    assert.deepEqual([iid, first?.nodes.length, first?.pageInfo.hasNextPage], [1, 2, true]);
    assert.equal((await page(first?.pageInfo.endCursor ?? ''))?.nodes.length, 1);
  });

  const refused: [name: string, query: string, variables: object, message: RegExp][] = [
    [
      'an unknown field',
      '{ project(fullPath: "shop/web") { stars } }',
      {},
      /Field 'stars' doesn't exist on type 'Project'/,
    ],
    ['an unknown argument', '{ project(id: 1) { id } }', {}, /Field 'project' doesn't accept argument 'id'/],
    ['a missing variable', 'query($path: ID!) { project(fullPath: $path) { id } }', {}, /\$path of type ID!/],
    ['a variable that is no list', activity, { path: 'shop/web', iids: '1' }, /\$iids of type \[String!\]/],
    ['an object without fields', '{ project(fullPath: "shop/web") }', {}, /must have selections/],
    ['an unfinished query', '{ project(', {}, /unexpected end of document/],
    ['a mutation', 'mutation { x }', {}, /has no mutation/],
    ['a fragment', '{ ...Part }', {}, /Expected NAME/],
  ];
  for (const [name, query, variables, message] of refused)
    it(`answers ${name} with an error and HTTP 200`, async () => {
      const { data, errors } = await gitlab.graphql(query, variables);
      assert.equal(data, undefined);
      assert.match(errors?.[0]?.message ?? '', message);
    });

  it('hides the project from GraphQL callers without a role', async () => {
    const { data } = await gitlab.graphql('{ project(fullPath: "shop/web") { id } }', {}, 'eve');
    assert.deepEqual(data, { project: null });
  });
});
