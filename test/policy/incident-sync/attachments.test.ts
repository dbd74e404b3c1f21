import assert from 'node:assert/strict';
import type { AttachmentLink } from '../../../workflows/incident-sync/link.ts';
import { attachment, run, type PairOver } from './pair.ts';

const closed = { status: 'Closed' } as const;

const linked = (origin: 'case' | 'issue', id: string, copyId: string | null): AttachmentLink => ({
  origin,
  id,
  state: 'copied',
  sha256: null,
  copyId,
});

describe('an attachment', () => {
  const files: readonly (readonly [string, PairOver, string])[] = [
    ['of the case', { case: { attachments: [attachment('1')] } }, 'case attachment 1'],
    ['of Jira', { issue: { attachments: [attachment('9')] } }, 'issue attachment 9'],
    ['that waits for AWS’s check', { case: { attachments: [attachment('1', { status: 'Pending' })] } }, ''],
    ['that failed AWS’s check', { case: { attachments: [attachment('1', { status: 'Failed' })] } }, ''],
    ['of ours', { case: { attachments: [attachment('1', { ours: true })] } }, ''],
    [
      'that was dealt with',
      { case: { attachments: [attachment('1')] }, link: { attachments: [linked('case', '1', null)] } },
      '',
    ],
    [
      'that is our copy',
      { issue: { attachments: [attachment('9')] }, link: { attachments: [linked('case', '1', '9')] } },
      '',
    ],
    [
      'with the id of one of the other side',
      { issue: { attachments: [attachment('1')] }, link: { attachments: [linked('case', '1', '9')] } },
      'issue attachment 1',
    ],
    [
      'to Jira only',
      {
        policy: { attachments: 'to-issue' },
        case: { attachments: [attachment('1')] },
        issue: { attachments: [attachment('9')] },
      },
      'case attachment 1',
    ],
    [
      'to the case only',
      {
        policy: { attachments: 'to-case' },
        case: { attachments: [attachment('1')] },
        issue: { attachments: [attachment('9')] },
      },
      'issue attachment 9',
    ],
    ['switched off', { policy: { attachments: 'off' }, case: { attachments: [attachment('1')] } }, ''],
    [
      'of a closed case',
      { case: { ...closed, attachments: [attachment('1')] }, issue: { status: 'Done' }, notes: ['closed'] },
      'case attachment 1',
    ],
    [
      'for a closed case',
      { case: closed, issue: { status: 'Done', attachments: [attachment('9')] }, notes: ['closed'] },
      '',
    ],
  ];
  for (const [title, over, line] of files)
    it(`${title}: ${line || 'nothing'}`, () => assert.equal(run(over), line));
});

describe('watchers', () => {
  const watched: readonly (readonly [string, PairOver, string])[] = [
    ['of the case', { case: { watchers: 'c' } }, 'watchers to issue'],
    ['of Jira', { issue: { watchers: 'i' } }, 'watchers to case'],
    ['of both', { case: { watchers: 'c' }, issue: { watchers: 'i' } }, 'watchers to issue; watchers to case'],
    ['the same on both', { case: { watchers: 'n' }, issue: { watchers: 'n' } }, ''],
    [
      'some of whom Jira does not know',
      { case: { watchers: 'c' }, link: { watchers: { case: 'c', issue: 'w' } } },
      '',
    ],
    [
      'never looked at',
      { case: { watchers: 'c' }, link: { watchers: null } },
      'watchers to issue; watchers to case',
    ],
    [
      'to Jira only',
      { case: { watchers: 'c' }, issue: { watchers: 'i' }, policy: { watchers: 'to-issue' } },
      'watchers to issue',
    ],
    [
      'to the case only',
      { case: { watchers: 'c' }, issue: { watchers: 'i' }, policy: { watchers: 'to-case' } },
      'watchers to case',
    ],
    ['switched off', { case: { watchers: 'c' }, policy: { watchers: 'off' } }, ''],
    [
      'of a closed case',
      { case: { ...closed, watchers: 'c' }, issue: { status: 'Done', watchers: 'i' }, notes: ['closed'] },
      'watchers to issue',
    ],
  ];
  for (const [title, over, line] of watched)
    it(`${title}: ${line || 'nothing'}`, () => assert.equal(run(over), line));
});
