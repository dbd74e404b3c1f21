import assert from 'node:assert/strict';
import { unifiedDiff } from '../../../sandbox/gitlab/unified-diff.ts';
import { main, mergedChange, sha, startChangeGitlab, type ChangeGitlab } from './change-fixture.ts';

const shop = 'shop/web';
const author = { name: 'Dana Petrov', email: 'dana@example.com' };
const commit = (letter: string, parents: string[], minute: number, rest: object = {}) => ({
  ...{ sha: sha(letter), parents, title: `Commit ${letter}`, author },
  authoredDate: `2026-11-10T10:${String(minute).padStart(2, '0')}:00Z`,
  ...rest,
});

describe('GitLab stand-in: repository', () => {
  let gitlab: ChangeGitlab;
  beforeEach(async () => {
    gitlab = await startChangeGitlab();
  });
  afterEach(() => gitlab.front.stop());

  /** main ← a ← m (merge of b, c) with c behind a. */
  async function seedMerge() {
    const commits = [
      commit('a', [main], 1, { files: [{ path: 'a.txt', after: 'a\n' }], branch: 'main' }),
      commit('b', [main], 2, { files: [{ path: 'b.txt', after: 'b\n' }], branch: 'topic' }),
      commit('c', [sha('b')], 3, { files: [{ path: 'src/shop.ts', after: 'c\n' }], branch: 'topic' }),
      commit('d', [sha('a'), sha('c')], 4, { branch: 'main' }),
    ];
    await gitlab.control('seed', { commits });
  }
  const shas = (commits: readonly { id: unknown }[]) =>
    commits.map(({ id }) => String(id).charAt(0)).join('');

  it('compares oldest first, without what both sides have, and with the net diff', async () => {
    await seedMerge();
    const answer: unknown = await gitlab.apiAs('jira-bot').Repositories.compare(shop, main, 'main');
    const found = answer as {
      commits: { id: string }[];
      diffs: { new_path: string }[];
      compare_same_ref: boolean;
    };
    assert.equal(shas(found.commits), 'abcd');
    assert.deepEqual(
      found.diffs.map((diff) => diff.new_path),
      ['a.txt', 'b.txt', 'src/shop.ts'],
    );
    assert.equal(found.compare_same_ref, false);
  });

  it('diffs from the common ancestor unless straight', async () => {
    await seedMerge();
    const compare = async (straight: boolean) => {
      const { body } = await gitlab.shop(
        'GET',
        `/repository/compare?from=${sha('a')}&to=topic&straight=${straight}`,
      );
      const { commits, diffs } = body as { commits: { id: string }[]; diffs: { new_path: string }[] };
      return [shas(commits), ...diffs.map((diff) => diff.new_path)];
    };
    assert.deepEqual(await compare(true), ['bc', 'a.txt', 'b.txt', 'src/shop.ts']);
    assert.deepEqual(await compare(false), ['bc', 'b.txt', 'src/shop.ts']);
  });

  it('lists a range newest first, and the first parents only if asked', async () => {
    await seedMerge();
    const list = async (query: string) =>
      shas((await gitlab.shop('GET', `/repository/commits?${query}`)).body);
    assert.equal(await list(`ref_name=${main}..main`), 'dcba');
    assert.equal(await list(`ref_name=${main}..main&first_parent=true`), 'da');
    assert.equal(await list(`ref_name=main&path=b.txt`), 'db');
    assert.equal(await list(`ref_name=${main}..main&since=2026-11-10T10:03:00Z`), 'dc');
  });

  it('counts no commits: a full last page names one more, which is empty', async () => {
    await seedMerge();
    const page = (n: number) =>
      gitlab.shop('GET', `/repository/commits?ref_name=${main}..main&per_page=2&page=${n}`);
    const [second, third] = [await page(2), await page(3)];
    assert.equal(second.headers.get('x-next-page'), '3');
    assert.equal(second.headers.get('x-total'), null);
    assert.deepEqual([third.body, third.headers.get('x-next-page')], [[], '']);
  });

  it('shows a merge commit against its first parent, and a deleted file as such', async () => {
    await seedMerge();
    const files = [{ path: 'b.txt' }];
    await gitlab.control('seed', { commits: [commit('e', [sha('d')], 5, { files, branch: 'main' })] });
    const paths = async (letter: string) =>
      (await gitlab.shop('GET', `/repository/commits/${sha(letter)}/diff`)).body as {
        new_path: string;
        deleted_file: boolean;
      }[];
    assert.deepEqual(
      (await paths('d')).map((diff) => diff.new_path),
      ['b.txt', 'src/shop.ts'],
    );
    assert.deepEqual(
      (await paths('e')).map((diff) => diff.deleted_file),
      [true],
    );
  });

  it('takes a file that no commit mentioned as it was before', async () => {
    const files = [{ path: 'VERSION', before: '1.0.0\n', after: '1.0.1\n' }];
    await gitlab.control('seed', { commits: [commit('a', [main], 1, { files, branch: 'main' })] });
    const { body } = await gitlab.shop('GET', `/repository/compare?from=${main}&to=main`);
    const [diff] = (body as { diffs: { diff: string; new_file: boolean }[] }).diffs;
    assert.deepEqual([diff?.diff, diff?.new_file], ['@@ -1 +1 @@\n-1.0.0\n+1.0.1\n', false]);
  });

  it('finds the merge request of its commits and of its merge commit', async () => {
    const { iid, head, mergeCommitSha } = await mergedChange(gitlab);
    for (const one of [head, mergeCommitSha ?? '']) {
      const found = await gitlab.apiAs('jira-bot').Commits.allMergeRequests(shop, one);
      assert.deepEqual(
        found.map((mergeRequest) => mergeRequest.iid),
        [iid],
      );
    }
    assert.deepEqual((await gitlab.shop('GET', `/repository/commits/${main}/merge_requests`)).body, []);
  });

  it('keeps one open status per name and ref, and refuses the state it is in', async () => {
    const set = (state: string) => gitlab.shop('POST', `/statuses/${main}`, { state, name: 'gate' });
    const answers = [];
    for (const state of ['pending', 'pending', 'running', 'success', 'success', 'pending'])
      answers.push(await set(state));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 400, 201, 201, 201, 201],
    );
    assert.match(
      (answers[1]?.body as unknown as { message: string }).message,
      /^Cannot transition status via :enqueue from :pending/,
    );
    const listed = async (query: string) =>
      (
        (await gitlab.shop('GET', `/repository/commits/${main}/statuses?${query}`)).body as {
          status: string;
        }[]
      ).map(({ status }) => status);
    assert.deepEqual(await listed(''), ['pending']);
    assert.deepEqual(await listed('all=true'), ['success', 'success', 'pending']);
  });

  it('lets developers set statuses, reporters read, and hides the rest from strangers', async () => {
    const body = { state: 'success', name: 'gate' };
    const answers = { dana: 201, sue: 403, eve: 404 };
    for (const [name, status] of Object.entries(answers))
      assert.equal((await gitlab.shop('POST', `/statuses/${main}`, body, name)).status, status, name);
    assert.equal((await gitlab.shop('GET', '/repository/commits', undefined, 'sue')).status, 200);
  });

  it('makes a long history that can be read in few calls', async () => {
    const { from, to, mergeRequests } = (await gitlab.control('history', {
      commits: 1000,
      mergeRequests: 100,
    })) as {
      from: string;
      to: string;
      mergeRequests: number[];
    };
    const { body } = await gitlab.shop('GET', `/repository/compare?from=${from}&to=${to}`);
    assert.equal((body as { commits: unknown[] }).commits.length, 1000);
    assert.equal(mergeRequests.length, 100);
    const { body: approvals } = await gitlab.shop('GET', '/merge_requests/100/approvals');
    assert.equal((approvals as { approved_by: unknown[] }).approved_by.length, 1);
  });
});

describe('unifiedDiff', () => {
  const numbers = Array.from({ length: 20 }, (_, n) => `${n}\n`);
  const replaced = (at: number, line: string) => numbers.with(at, line).join('');
  const cases: Record<string, [before: string, after: string, diff: string]> = {
    'nothing changed': ['a\n', 'a\n', ''],
    'a new file': ['', 'a\nb\n', '@@ -0,0 +1,2 @@\n+a\n+b\n'],
    'an emptied file': ['a\n', '', '@@ -1 +0,0 @@\n-a\n'],
    'a missing last newline': ['a\n', 'a', '@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n'],
    'a line in the middle': ['a\nb\nc\n', 'a\nx\nc\n', '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
    'an inserted line': ['a\nc\n', 'a\nb\nc\n', '@@ -1,2 +1,3 @@\n a\n+b\n c\n'],
    'three lines of context': [
      numbers.join(''),
      replaced(10, 'x\n'),
      '@@ -8,7 +8,7 @@\n 7\n 8\n 9\n-10\n+x\n 11\n 12\n 13\n',
    ],
  };
  for (const [name, [before, after, diff]] of Object.entries(cases))
    it(name, () => {
      assert.equal(unifiedDiff(before, after), diff);
    });

  it('keeps changes that are far apart in hunks of their own', () => {
    const far = numbers.with(1, 'x\n').with(18, 'y\n').join('');
    assert.equal(unifiedDiff(numbers.join(''), far).match(/^@@/gm)?.length, 2);
  });
});
