import assert from 'node:assert/strict';
import { at, merged, rulesOf } from '../support/review-world.ts';

describe('review: who approved a merge request, and when', () => {
  const all = (rule: string) => [`f1 ${rule}`, `f2 ${rule}`, `m ${rule}`];
  const approvedBy = (user: string, time: string | null = at('10:00')) => ({
    approvals: [{ user, at: time }],
  });
  const pushedBy = (user: string, bot = false) => ({ pushes: [{ user, bot, at: at('09:00') }] });
  const cases: readonly [string, ReturnType<typeof merged>, readonly string[]][] = [
    ['somebody else approved it', merged(), []],
    ['nobody', merged({ approvals: [] }), all('unreviewed')],
    ['its opener', merged(approvedBy('dev')), all('self-approved')],
    ['its opener by his other user name', merged(approvedBy('d_ev')), all('self-approved')],
    ['an author who did not open it', merged({ author: 'sue' }, { by: 'dana' }), all('self-approved')],
    ['an opener who wrote nothing', merged({ author: 'dana' }), all('self-approved')],
    ['a pusher', merged(pushedBy('dana')), all('self-approved')],
    ['a committer', merged({}, { committerEmail: 'dana@example.com' }), all('self-approved')],
    [
      'a co-author',
      merged({}, { message: 'Change\n\nCo-authored-by: Dana <dana@example.com>\n' }),
      all('self-approved'),
    ],
    [
      'a co-author in capitals, with a hidden address',
      merged({}, { message: 'Change\n\nCO-AUTHORED-BY: D <12-dana@users.noreply.gitlab.com>' }),
      all('self-approved'),
    ],
    ['a name in the text is no co-author', merged({}, { message: 'Thanks to Dana <dana@example.com>' }), []],
    [
      'the author, and somebody else',
      merged({
        approvals: [
          { user: 'dev', at: at('10:00') },
          { user: 'dana', at: at('10:00') },
        ],
      }),
      [],
    ],
    ['whoever merged it', merged(approvedBy('lee')), []],
    ['somebody whom the configuration does not name', merged(approvedBy('frank')), []],
    [
      'an unknown author who approves',
      merged(approvedBy('frank'), { by: '7-frank@users.noreply.gitlab.com' }),
      all('self-approved'),
    ],
    ['an unknown address is another person', merged(approvedBy('frank'), { by: 'frank@home.test' }), []],
    ['GitLab itself as committer', merged({}, { committerEmail: 'noreply@gitlab.com' }), []],
    ['a bot by the rules', merged(approvedBy('release-bot')), all('unreviewed')],
    ['a bot by GitLab', merged(approvedBy('Renovate')), all('unreviewed')],
    ['a project token', merged(approvedBy('project_52_bot_0a1b2c')), all('unreviewed')],
    ['a group token', merged(approvedBy('group_7_bot_0a1b2c')), all('unreviewed')],
    ['a service account', merged(approvedBy('service_account_group_7_0a1b')), all('unreviewed')],
    ['somebody who was deleted', merged(approvedBy('ghost')), all('unreviewed')],
    ['a person whose name looks a little like a token', merged(approvedBy('projectbot')), []],
    [
      'a token pushed, nobody approved',
      merged({ ...pushedBy('project_52_bot_0a', true), approvals: [] }),
      all('bot'),
    ],
    ['a token pushed, somebody approved', merged(pushedBy('project_52_bot_0a', true)), []],
    [
      'a token pushed, its opener approved',
      merged({ ...pushedBy('project_52_bot_0a', true), ...approvedBy('dev') }),
      all('self-approved'),
    ],
    [
      'a bot opened it, nobody approved',
      merged({ author: 'renovate', approvals: [], pushes: [] }),
      all('bot'),
    ],
    [
      'a bot opened it, a bot approved',
      merged({ author: 'renovate', ...approvedBy('release-bot'), pushes: [] }),
      all('bot'),
    ],
    ['approved before the last push', merged(approvedBy('dana', at('08:59'))), all('after-approval')],
    ['approved in the second of the push', merged(approvedBy('dana', at('09:00'))), all('after-approval')],
    [
      'approved again after the push',
      merged({
        approvals: [
          { user: 'sue', at: at('08:00') },
          { user: 'dana', at: at('09:01') },
        ],
      }),
      [],
    ],
    [
      'pushes in another order',
      merged({
        ...approvedBy('dana', at('09:30')),
        pushes: [
          { user: 'dev', bot: false, at: at('10:00') },
          { user: 'dev', bot: false, at: at('09:00') },
        ],
      }),
      all('after-approval'),
    ],
    [
      'the author re-approved, the other did not',
      merged({
        approvals: [
          { user: 'dev', at: at('10:00') },
          { user: 'dana', at: at('08:00') },
        ],
      }),
      all('after-approval'),
    ],
    [
      'times of another offset',
      merged(approvedBy('dana', '2026-11-02T11:00:00+03:00')),
      all('after-approval'),
    ],
    ['no push since it was opened', merged({ pushes: [] }), []],
    [
      'pushed again after the merge',
      merged({
        pushes: [
          { user: 'dev', bot: false, at: at('09:00') },
          { user: 'dev', bot: false, at: at('12:00') },
        ],
      }),
      [],
    ],
    ['unknown pushes', merged({ pushes: null }), all('unknown')],
    ['the time of the approval is unknown', merged(approvedBy('dana', null)), all('unknown')],
    ['no time at all', merged(approvedBy('dana', 'yesterday')), all('unknown')],
    ['a push at no time', merged({ pushes: [{ user: 'dev', bot: false, at: '' }] }), all('unknown')],
  ];
  for (const [name, input, expected] of cases) it(name, () => assert.deepEqual(rulesOf(input), expected));
});
