import assert from 'node:assert/strict';
import { createHistory, shaOf, type History } from '../../../../bench/change-history.ts';
import { assertFails } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type SeenRequest } from '../../../support/loopback.ts';
import { changesAt, get, graphql, project, rules, withShortHttp } from './changes-gitlab.ts';

import {
  times,
  from,
  commit,
  merged,
  approvedBy,
  note,
  nodesOf,
  activity,
  bases,
  single,
  review,
} from './review-answers.ts';

function expectedOf(
  history: History,
  counts: Readonly<Record<string, number>>,
  approvals: number,
): Expected[] {
  const respond = (request: SeenRequest) => ({ body: history.answer(request) ?? {} });
  const paged = Object.entries(counts).flatMap(([path, count]) => times(count, () => get(path, respond)));
  const asked = times(Math.ceil(approvals / 20), () => graphql(respond));
  return [
    ...paged,
    ...asked,
    ...times(approvals, (index) => get(`/merge_requests/${index + 1}/approvals`, respond)),
  ];
}

describe('gitlab changes: review', () => {
  withShortHttp(5_000);

  it('reviews 1,000 commits with 18 calls and one a merge request', () => {
    const history = createHistory({ mergeRequests: 100, commitsEach: 10 });
    const pages = { '/repository/commits': 11, '/merge_requests': 2 };
    return withLoopback(expectedOf(history, pages, 100), async (url, seen) => {
      const found = await review(url, history.to);
      assert.deepEqual([found.commits, found.reviewed, found.findings, found.linear], [1000, 1000, [], true]);
      assert.deepEqual([found.mergeRequests.length, found.issues.length], [30, 30]);
      assert.equal(seen.length, 18 + 100);
    });
  });

  it('asks for ranges by SHA and merge requests by creation', () =>
    withLoopback(single({}), async (url, seen) => {
      const found = await review(url);
      assert.deepEqual([found.reviewed, found.findings], [1, []]);
      assert.deepEqual(Object.fromEntries(seen[0]?.query ?? []), {
        ref_name: `${from}..${shaOf(1)}`,
        per_page: '100',
        page: '1',
      });
      assert.deepEqual(Object.fromEntries(seen[1]?.query ?? []), {
        state: 'merged',
        updated_after: '2026-09-30T06:00:00.000Z',
        order_by: 'created_at',
        sort: 'desc',
        per_page: '100',
        page: '1',
      });
      const asked = seen.find(({ path }) => path === '/api/graphql')?.body as {
        query: string;
        variables: object;
      };
      assert.deepEqual(asked.variables, { path: project, iids: ['1'] });
      assert.match(asked.query, /notes\(filter: ONLY_ACTIVITY, first: 100\)/);
      assert.equal(seen[2]?.headers['private-token'], 'canary-token');
    }));

  const verdicts: [name: string, changes: Parameters<typeof single>[0], rule: string | undefined][] = [
    ['an independent approval', {}, undefined],
    ['an approval of the author', { approvals: approvedBy('dev') }, 'self-approved'],
    ['no approval', { approvals: { body: { approved_by: [] } } }, 'unreviewed'],
    ['a push after the approval', { approvals: approvedBy('sue', '2026-10-01T05:00:00Z') }, 'after-approval'],
    [
      'an approval by a pusher',
      { notes: activity(1, [note({ author: { username: 'sue', bot: false } })]) },
      'self-approved',
    ],
    ['more notes than one page', { notes: activity(1, [note()], true) }, 'unknown'],
    ['a push by nobody', { notes: activity(1, [note({ author: null })]) }, 'unknown'],
    [
      'other notes than pushes',
      { notes: activity(1, [note({ author: null, systemNoteMetadata: { action: 'title' } })]) },
      undefined,
    ],
    ['no answer about the merge request', { notes: nodesOf([]) }, 'unknown'],
    ['a project that GraphQL hides', { notes: { body: { data: { project: null } } } }, 'unknown'],
    [
      'a question that GitLab does not know',
      { notes: { body: { data: null, errors: [{ message: "Field 'bot' doesn't exist on type 'User'" }] } } },
      'unknown',
    ],
    [
      'a base that GitLab does not tell',
      { bases: { body: { errors: [{ message: "Field 'diffRefs' doesn't exist" }] } } },
      undefined,
    ],
  ];
  for (const [name, changes, rule] of verdicts)
    it(`${name}: ${rule ?? 'reviewed'}`, () =>
      withLoopback(single(changes), async (url) => {
        const found = await review(url);
        assert.deepEqual(
          [found.reviewed, found.findings.map((one) => one.rule)],
          rule ? [0, [rule]] : [1, []],
        );
      }));

  it('what was pushed below a fast-forward merge is not its work', () => {
    const commits = { body: [commit(2, 1), commit(1, 0)] };
    const list = { body: [merged(1, { sha: shaOf(2) })] };
    return withLoopback(single({ commits, list, bases: bases(1, 1) }), async (url) => {
      const found = await review(url, shaOf(2));
      assert.deepEqual(
        found.findings.map((one) => [one.sha, one.rule]),
        [[shaOf(1), 'direct-push']],
      );
    });
  });

  it('asks nothing more about merge requests that ended elsewhere', () => {
    const list = {
      body: [merged(1, {}), merged(2, { sha: null }), merged(3, { merged_at: null, sha: shaOf(1) })],
    };
    const expected = [get('/repository/commits', { body: [commit(1, 0)] }), get('/merge_requests', list)];
    return withLoopback(expected, async (url) =>
      assert.equal((await review(url)).findings[0]?.rule, 'direct-push'),
    );
  });

  it('a range without commits and another end is a roll-back: not linear', () => {
    const expected = [
      get('/repository/commits', { body: [] }),
      get(`/repository/commits/${shaOf(1)}`, { body: commit(1, 0) }),
    ];
    return withLoopback(expected, async (url) => {
      const found = await review(url);
      assert.deepEqual(
        [found.linear, found.commits, found.href],
        [false, 0, `${url}/shop/web/-/compare/${from}...${shaOf(1)}`],
      );
    });
  });

  it('a commit that does not exist is not found', () => {
    const gone = get(`/repository/commits/${shaOf(1)}`, {
      status: 404,
      body: { message: '404 Commit Not Found' },
    });
    return withLoopback([get('/repository/commits', { body: [] }), gone], async (url) => {
      await assertFails(() => review(url), 'NotFound');
    });
  });

  it('the same commit again is nothing to review', () =>
    withLoopback([get('/repository/commits', { body: [] })], async (url) => {
      const found = await review(url, from);
      assert.deepEqual([found.linear, found.commits, found.findings], [true, 0, []]);
    }));

  it('a branch that does not contain the last approved change is not linear', () => {
    const expected = [
      get('/repository/commits', { body: [commit(1, 77)] }),
      get('/merge_requests', { body: [] }),
    ];
    return withLoopback(expected, async (url) => assert.equal((await review(url)).linear, false));
  });

  it('a first deploy shows the newest hundred commits and no more', () => {
    const body = times(100, (index) => commit(100 - index, 99 - index));
    const expected = [get('/repository/commits', { body }), get('/merge_requests', { body: [] })];
    return withLoopback(expected, async (url, seen) => {
      const found = await changesAt(url).reviewCode({ project, from: null, to: shaOf(100), rules });
      assert.deepEqual([found.from, found.commits, found.linear], [null, 100, true]);
      assert.deepEqual(found.authors, ['email:dev@example.com']);
      assert.equal(seen[0]?.query.get('ref_name'), shaOf(100));
    });
  });

  it('more than 5,000 commits are left to a person, after 51 calls', () => {
    const page = (request: SeenRequest) => {
      const start = (Number(request.query.get('page')) - 1) * 100;
      return { body: times(100, (index) => commit(9000 - start - index, 8999 - start - index)) };
    };
    return withLoopback(
      times(51, () => get('/repository/commits', page)),
      async (url) => {
        const found = await review(url, shaOf(9000));
        assert.deepEqual(
          [found.linear, found.reviewed, found.findings.map(({ rule }) => rule)],
          [false, 0, ['unknown']],
        );
        assert.deepEqual(found.authors, ['email:dev@example.com']);
      },
    );
  });

  it('reads the contents of version bumps, and never the whole of a full page', () => {
    const file = (name: string) => ({
      new_path: name,
      old_path: name,
      diff: '@@ -1,1 +1,1 @@\n-"version": "1"\n+"version": "2"\n',
    });
    const expected = (files: object[]) => [
      get('/repository/commits', { body: [commit(1, 0, { title: 'Version 2' })] }),
      get('/merge_requests', { body: [] }),
      get(`/repository/commits/${shaOf(1)}/diff`, { body: files }),
    ];
    const withBumps = (url: string) =>
      changesAt(url).reviewCode({
        project,
        from,
        to: shaOf(1),
        rules: { ...rules, versionFiles: ['package.json'] },
      });
    return withLoopback(expected(times(100, () => file('package.json'))), async (url) =>
      assert.deepEqual((await withBumps(url)).exempt, 0),
    );
  });

  it('hostile names and texts stay data on one line', () => {
    const title = 'Fix\u202e \u001b[31m*everything*\n[x](javascript:1) <!channel>';
    const commits = { body: [commit(1, 0, { title, committed_date: 'yesterday', author_email: null })] };
    return withLoopback(
      single({
        commits,
        approvals: { body: {} },
        list: { body: [merged(1, { sha: shaOf(1), title: `${title}${'x'.repeat(5000)}` })] },
      }),
      async (url, seen) => {
        const found = await review(url);
        assert.match(
          String(found.findings[0]?.text),
          /“Fix \*everything\* \[x\]\(javascript:1\) <!channel>”/,
        );
        assert.ok(Number(found.mergeRequests[0]?.title.length) <= 300);
        assert.equal(seen[1]?.query.get('updated_after'), '1970-01-01T00:00:00.000Z');
      },
    );
  });
});
