import assert from 'node:assert/strict';
import type { MergeRequestFacts, RepositoryCommit } from '../../workflows/change-approval/review-facts.ts';
import { neededDiffs, reviewCommits } from '../../workflows/change-approval/review-rules.ts';
import {
  at,
  commitOf as commit,
  merged,
  mergeRequestOf,
  packageBump,
  reviewOf,
  rulesOf,
  shaOf,
  strict,
} from '../support/review-world.ts';

describe('review: version bumps (C-17)', () => {
  const bump = commit('v', ['base'], { title: 'Fix the login' });
  const withDiff = (input: ReturnType<typeof reviewOf>, name: string, files = [packageBump]) => ({
    ...input,
    diffs: new Map([[shaOf(name), files]]),
  });
  it('exempts by content, whatever the message says', () => {
    const review = reviewCommits(withDiff(reviewOf([bump]), 'v'));
    assert.deepEqual([review.exempt, review.findings], [1, []]);
  });
  it('exempts nothing by its message', () =>
    assert.deepEqual(rulesOf(reviewOf([commit('v', ['base'], { title: 'Bump version to 1.4.3' })])), [
      'v direct-push',
    ]));
  it('exempts nothing when one file is another', () =>
    assert.deepEqual(
      rulesOf(
        withDiff(reviewOf([bump]), 'v', [packageBump, { ...packageBump, path: 'a.ts', oldPath: 'a.ts' }]),
      ),
      ['v direct-push'],
    ));
  it('counts a reviewed bump as reviewed', () => {
    const review = reviewCommits(withDiff(reviewOf([bump], [mergeRequestOf(1, 'v')]), 'v'));
    assert.deepEqual([review.reviewed, review.exempt], [1, 0]);
  });
  it('exempts the merge of nothing but a bump', () => {
    const input = reviewOf(
      [bump, commit('m', ['base', 'v'])],
      [mergeRequestOf(1, 'v', { mergeCommitSha: shaOf('m'), approvals: [] })],
    );
    assert.deepEqual(rulesOf(withDiff(input, 'v')), []);
  });
  it('does not exempt a merge that a person pushed', () => {
    const input = reviewOf(
      [bump, commit('m', ['base', 'v'])],
      [mergeRequestOf(1, 'v', { mergeCommitSha: shaOf('m'), mergedByPush: true })],
    );
    assert.deepEqual(rulesOf(withDiff(input, 'v')), ['m merge']);
  });
  it('asks for the diffs of what is not reviewed, single parents only', () => {
    const input = reviewOf(
      [bump, commit('m', ['base', 'v']), commit('ok', ['m'])],
      [mergeRequestOf(1, 'ok')],
    );
    const only = { ...input, mergeRequests: [mergeRequestOf(1, 'ok', { baseSha: shaOf('m') })] };
    assert.deepEqual(neededDiffs(only), [shaOf('v')]);
  });
  it('asks for ten at most, the likeliest first', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      commit(`c${index}x`, ['base'], { title: index === 29 ? 'Release 2' : 'Work' }),
    );
    const needed = neededDiffs(reviewOf(many));
    assert.deepEqual([needed.length, needed[0]], [10, shaOf('c29x')]);
  });
  it('asks for none where the policy exempts nothing', () =>
    assert.deepEqual(neededDiffs(reviewOf([bump], [], { rules: { ...strict, versionFiles: [] } })), []));
});

describe('review: the report', () => {
  it('names everybody who wrote or pushed, machines too, but not who merged', () => {
    const input = merged(
      { pushes: [{ user: 'project_52_bot_0a', bot: true, at: at('09:00') }] },
      {
        message: 'x\n\nCo-authored-by: S <sue@example.com>',
        authorEmail: 'Stranger@Home.test',
      },
    );
    assert.deepEqual(reviewCommits(input).authors, [
      'dev',
      'email:stranger@home.test',
      'sue',
      'gitlab:project_52_bot_0a',
    ]);
  });
  it('does not name GitLab itself', () => {
    const { authors } = reviewCommits(merged({}, { committerEmail: 'NoReply@gitlab.com' }));
    assert.deepEqual(authors, ['dev']);
  });
  it('names who pushed a merge by hand', () =>
    assert.ok(reviewCommits(merged({ mergedByPush: true })).authors.includes('lee')));
  it('keeps 20 findings and counts the others', () => {
    const review = reviewCommits(
      reviewOf(Array.from({ length: 33 }, (_, index) => commit(`c${index}x`, ['base']))),
    );
    assert.deepEqual([review.findings.length, review.moreFindings], [20, 13]);
  });
  it('finds keys of issues in branches and titles, and no names of algorithms', () => {
    const input = merged({
      sourceBranch: 'feature/SHOP-12-login',
      title: 'SHOP-13: use SHA-256, fixes CVE-2026-1 and ab-SHOP-14',
    });
    assert.deepEqual(reviewCommits(input).issues, ['SHOP-12', 'SHOP-13', 'SHOP-14']);
  });
  it('keeps external text on one line', () => {
    const [finding] = reviewCommits(
      reviewOf([commit('a', ['base'], { title: 'x\u202e\n| approved |'.padEnd(500, '😀') })]),
    ).findings;
    assert.match(finding?.text ?? '', /^a0000000 “x \| approved \|😀+…”: no merge request brought it$/u);
    assert.ok((finding?.text.length ?? 999) < 300 && finding?.text.isWellFormed());
  });
  it('names the merge request of a finding', () =>
    assert.match(
      reviewCommits(merged({ approvals: [] })).findings[0]?.text ?? '',
      /\(!1\): nobody approved it/,
    ));
  it('lists the merge requests that brought something, in their order', () => {
    const input = merged();
    const others = [...input.mergeRequests, mergeRequestOf(9, 'elsewhere')];
    assert.deepEqual(
      reviewCommits({ ...input, mergeRequests: others }).mergeRequests.map(({ iid }) => iid),
      [1],
    );
  });
  it('hands through range and link', () => {
    const { from, to, linear, href } = reviewCommits({ ...merged(), linear: false });
    assert.deepEqual(
      [from, to, linear, href],
      [shaOf('base'), shaOf('m'), false, 'https://gitlab.test/-/compare'],
    );
  });
  it('does not depend on the order of commits and merge requests', () => {
    const { commits, mergeRequests, ...rest } = reviewOf(
      [commit('f', ['base']), commit('m', ['base', 'f']), commit('a', ['m']), commit('d', ['a'])],
      [mergeRequestOf(1, 'f', { mergeCommitSha: shaOf('m') }), mergeRequestOf(2, 'a', { approvals: [] })],
    );
    const turned = { ...rest, commits: commits.toReversed(), mergeRequests: mergeRequests.toReversed() };
    assert.deepEqual(rulesOf({ ...rest, commits, mergeRequests }), ['a unreviewed', 'd direct-push']);
    assert.deepEqual(rulesOf(turned), ['d direct-push', 'a unreviewed']);
  });
  it('judges 2,000 commits of 400 merge requests in under three seconds', () => {
    const commits: RepositoryCommit[] = [];
    const mergeRequests: MergeRequestFacts[] = [];
    let main = 'base';
    for (let iid = 1; iid <= 400; iid += 1) {
      const branch = [0, 1, 2, 3].map((n) => commit(`f${iid}x${n}`, [n === 0 ? main : `f${iid}x${n - 1}`]));
      commits.push(...branch, commit(`m${iid}x`, [main, `f${iid}x3`]));
      mergeRequests.push(mergeRequestOf(iid, `f${iid}x3`, { mergeCommitSha: shaOf(`m${iid}x`) }));
      main = `m${iid}x`;
    }
    const started = performance.now();
    assert.equal(reviewCommits(reviewOf(commits, mergeRequests)).reviewed, 2_000);
    assert.ok(performance.now() - started < 3_000);
  });
});
