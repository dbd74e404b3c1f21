import assert from 'node:assert/strict';
import type { MergeRequestFacts } from '../../workflows/change-approval/review-facts.ts';
import { reviewCommits } from '../../workflows/change-approval/review-rules.ts';
import {
  at,
  commitOf as commit,
  mergeRequestOf,
  reviewOf,
  rulesOf,
  shaOf,
  strict,
} from '../support/review-world.ts';

const resolve = { ...strict, mode: 'resolve-squash' } as const;

/** main: base — s, of the branch whose head was f2. */
const squashed = (changes: Partial<MergeRequestFacts> = {}) =>
  reviewOf(
    [commit('s', ['base'])],
    [mergeRequestOf(1, 'f2', { squashCommitSha: shaOf('s'), squashed: true, ...changes })],
  );

describe('review: which merge request brought a commit', () => {
  const ff = (iid: number, head: string, changes: Partial<MergeRequestFacts> = {}) =>
    mergeRequestOf(iid, head, changes);
  const mr = (iid: number, head: string, merge: string, changes: Partial<MergeRequestFacts> = {}) =>
    mergeRequestOf(iid, head, { mergeCommitSha: shaOf(merge), ...changes });
  const none = { approvals: [] };
  const cases: readonly [string, ReturnType<typeof reviewOf>, readonly string[]][] = [
    ['nothing new', reviewOf([]), []],
    ['a direct push', reviewOf([commit('a', ['base'])]), ['a direct-push']],
    [
      'a direct push of a machine',
      reviewOf([commit('a', ['base'], { by: 'project_52_bot_0a@noreply.gitlab.test' })]),
      ['a bot'],
    ],
    [
      'a direct push of a bot of the rules',
      reviewOf([commit('a', ['base'], { by: '9-release-bot@users.noreply.gitlab.com' })]),
      ['a bot'],
    ],
    [
      'a merge that nothing covers',
      reviewOf([commit('a', ['base']), commit('m', ['base', 'a'])]),
      ['a direct-push', 'm merge'],
    ],
    [
      'a direct push before a merge',
      reviewOf([commit('d', ['base']), commit('f', ['base']), commit('m', ['d', 'f'])], [mr(1, 'f', 'm')]),
      ['d direct-push'],
    ],
    [
      'a direct push after a merge',
      reviewOf([commit('f', ['base']), commit('m', ['base', 'f']), commit('d', ['m'])], [mr(1, 'f', 'm')]),
      ['d direct-push'],
    ],
    [
      'a revert is a commit like another',
      reviewOf([commit('r', ['base'], { title: 'Revert "Change f"' })]),
      ['r direct-push'],
    ],
    [
      'a reviewed revert',
      reviewOf([commit('r', ['base'], { title: 'Revert "Change f"' })], [ff(1, 'r')]),
      [],
    ],
    ['fast-forwarded', reviewOf([commit('a', ['base']), commit('b', ['a'])], [ff(1, 'b')]), []],
    [
      'fast-forwarded, named as its own merge commit',
      reviewOf([commit('a', ['base'])], [ff(1, 'a', { mergeCommitSha: shaOf('a') })]),
      [],
    ],
    [
      'two fast-forwards, the first without approval',
      reviewOf(
        [commit('a', ['base']), commit('b', ['a']), commit('c', ['b'])],
        [ff(1, 'b', none), ff(2, 'c')],
      ),
      ['a unreviewed', 'b unreviewed'],
    ],
    [
      'two fast-forwards, the second without approval',
      reviewOf(
        [commit('a', ['base']), commit('b', ['a']), commit('c', ['b'])],
        [ff(1, 'a'), ff(2, 'c', none)],
      ),
      ['b unreviewed', 'c unreviewed'],
    ],
    [
      'a fast-forward after a merge',
      reviewOf(
        [commit('f', ['base']), commit('m', ['base', 'f']), commit('a', ['m'])],
        [mr(1, 'f', 'm', none), ff(2, 'a')],
      ),
      ['f unreviewed', 'm unreviewed'],
    ],
    [
      'a direct push below a fast-forward whose base is known',
      reviewOf([commit('d', ['base']), commit('a', ['d'])], [ff(1, 'a', { baseSha: shaOf('d') })]),
      ['d direct-push'],
    ],
    [
      'a base before the range',
      reviewOf([commit('a', ['base']), commit('b', ['a'])], [ff(1, 'b', { baseSha: shaOf('base') })]),
      [],
    ],
    [
      'a fast-forwarded branch with a merge of its own in it',
      reviewOf([commit('a', ['base']), commit('x', ['base']), commit('b', ['a', 'x'])], [ff(1, 'b')]),
      [],
    ],
    [
      'the target was merged into the branch',
      reviewOf(
        [commit('f1', ['base']), commit('d', ['base']), commit('u', ['f1', 'd']), commit('m', ['d', 'u'])],
        [mr(1, 'u', 'm')],
      ),
      ['d direct-push'],
    ],
    [
      'a merge request merged somewhere else covers nothing',
      reviewOf([commit('a', ['base'])], [mr(1, 'a', 'elsewhere')]),
      ['a direct-push'],
    ],
    [
      'the merge commit brings another head',
      reviewOf(
        [commit('f1', ['base']), commit('f2', ['f1']), commit('m', ['base', 'f2'])],
        [mr(1, 'f1', 'm')],
      ),
      ['f1 unknown', 'f2 unknown', 'm unknown'],
    ],
    [
      'a merge of three',
      reviewOf(
        [commit('f', ['base']), commit('x', ['base']), commit('m', ['base', 'f', 'x'])],
        [mr(1, 'f', 'm')],
      ),
      ['f unknown', 'x direct-push', 'm unknown'],
    ],
    [
      'parents the wrong way round',
      reviewOf([commit('f', ['base']), commit('m', ['f', 'base'])], [mr(1, 'f', 'm')]),
      ['f direct-push', 'm unknown'],
    ],
    [
      'a merge that a person pushed',
      reviewOf(
        [commit('f', ['base']), commit('m', ['base', 'f'])],
        [mr(1, 'f', 'm', { mergedByPush: true })],
      ),
      ['m merge'],
    ],
    [
      'a branch reviewed inside another that nobody approved',
      reviewOf(
        [commit('g', ['base']), commit('h', ['base']), commit('n', ['g', 'h']), commit('m', ['base', 'n'])],
        [mr(1, 'h', 'n'), mr(2, 'n', 'm', none)],
      ),
      ['g unreviewed', 'm unreviewed'],
    ],
    [
      'a merge of nothing new, without approval',
      reviewOf([commit('m', ['base', 'old'])], [mr(1, 'old', 'm', none)]),
      ['m unreviewed'],
    ],
    [
      'who wrote only what was reviewed before may approve the rest, whatever was opened first',
      reviewOf(
        [
          commit('g', ['base']),
          commit('h', ['base'], { by: 'sue' }),
          commit('n', ['g', 'h']),
          commit('m', ['base', 'n']),
        ],
        [
          mr(2, 'h', 'n', { author: 'sue', pushes: [] }),
          mr(1, 'n', 'm', { approvals: [{ user: 'sue', at: at('10:00') }] }),
        ],
      ),
      [],
    ],
    [
      'a branch unreviewed inside another that somebody approved',
      reviewOf(
        [commit('g', ['base']), commit('h', ['base']), commit('n', ['g', 'h']), commit('m', ['base', 'n'])],
        [mr(1, 'h', 'n', none), mr(2, 'n', 'm')],
      ),
      [],
    ],
    [
      'a release of reviewed branches, approved by one of their authors',
      reviewOf(
        [commit('h', ['base'], { by: 'sue' }), commit('n', ['base', 'h']), commit('m', ['base', 'n'])],
        [
          mr(1, 'h', 'n', { author: 'sue', pushes: [] }),
          mr(2, 'n', 'm', { approvals: [{ user: 'sue', at: at('10:00') }] }),
        ],
      ),
      [],
    ],
  ];
  for (const [name, input, expected] of cases) it(name, () => assert.deepEqual(rulesOf(input), expected));
});

describe('review: squashed merges (C-20)', () => {
  const inMerge = (rules: typeof strict) =>
    reviewOf(
      [commit('s', ['base']), commit('m', ['base', 's'])],
      [mergeRequestOf(1, 'f2', { squashed: true, squashCommitSha: shaOf('s'), mergeCommitSha: shaOf('m') })],
      { rules },
    );
  const lax = (changes: Partial<MergeRequestFacts> = {}) => ({ ...squashed(changes), rules: resolve });
  const cases: readonly [string, ReturnType<typeof squashed>, readonly string[]][] = [
    ['strict: even when approved', squashed(), ['s squash']],
    ['strict: without approval', squashed({ approvals: [] }), ['s squash']],
    ['strict: with a merge commit', inMerge(strict), ['s squash', 'm squash']],
    [
      'strict: named as the merge commit only',
      squashed({ squashCommitSha: null, mergeCommitSha: shaOf('s') }),
      ['s squash'],
    ],
    ['resolved: approved at its head', lax(), []],
    ['resolved: with a merge commit', inMerge(resolve), []],
    ['resolved: nobody', lax({ approvals: [] }), ['s unreviewed']],
    [
      'resolved: pushed after the approval',
      lax({ approvals: [{ user: 'dana', at: at('08:00') }] }),
      ['s after-approval'],
    ],
    ['resolved: its opener', lax({ approvals: [{ user: 'dev', at: at('10:00') }] }), ['s self-approved']],
    [
      'resolved: the button of the merge makes no author',
      {
        ...reviewOf(
          [commit('s', ['base'], { committerEmail: 'dana@example.com' })],
          [mergeRequestOf(1, 'f2', { squashCommitSha: shaOf('s') })],
        ),
        rules: resolve,
      },
      [],
    ],
    [
      'resolved: more than the squash came with it',
      {
        ...reviewOf(
          [commit('x', ['base']), commit('s', ['x']), commit('m', ['base', 's'])],
          [mergeRequestOf(1, 'f2', { squashCommitSha: shaOf('s'), mergeCommitSha: shaOf('m') })],
        ),
        rules: resolve,
      },
      ['x unknown', 's unknown', 'm unknown'],
    ],
    [
      'one commit that GitLab left as it is',
      reviewOf(
        [commit('f', ['base'])],
        [mergeRequestOf(1, 'f', { squashed: true, squashCommitSha: shaOf('f') })],
      ),
      [],
    ],
    [
      'strict: a squash inside a branch that was approved stays one',
      reviewOf(
        [commit('s', ['base']), commit('g', ['s']), commit('m', ['base', 'g'])],
        [
          mergeRequestOf(1, 'x', { squashCommitSha: shaOf('s') }),
          mergeRequestOf(2, 'g', { mergeCommitSha: shaOf('m') }),
        ],
      ),
      ['s squash'],
    ],
  ];
  for (const [name, input, expected] of cases) it(name, () => assert.deepEqual(rulesOf(input), expected));
  it('says whether it was approved', () => {
    assert.match(reviewCommits(squashed({ approvals: [] })).findings[0]?.text ?? '', /nobody approved it/);
  });
});
