import assert from 'node:assert/strict';
import {
  toDeletedText,
  toFacts,
  toFileText,
  toKeptText,
  toNoteText,
} from '../../../activities/incidents/texts.ts';
import type { Note } from '../../../workflows/incident-sync/steps.ts';
import { caseOf } from './fake-cases.ts';
import { createFakePair } from './fake-pair.ts';

describe('what Lockkeeper says on an issue', () => {
  const held = { about: 'status-held', side: 'case', status: 'Ready to Close' } as const;
  const notes: readonly [string, Note, RegExp][] = [
    [
      'an unmapped status',
      { ...held, reason: 'unmapped' },
      /^The status of the AWS case, “Ready to Close”, is not carried over: the configuration names no status for it\.$/,
    ],
    [
      'a status without a way',
      { ...held, side: 'issue', reason: 'no-way' },
      /^The status of the issue, .*: no allowed move leads there\.$/,
    ],
    ['a case of AWS’s', { ...held, reason: 'aws-managed' }, /AWS alone moves cases/],
    [
      'another reason, in its own words',
      { ...held, reason: 'Jira refuses “Close”' },
      /: Jira refuses “Close”$/,
    ],
    [
      'a status that several share',
      { about: 'status-shared', status: 'Acknowledged' },
      /now in “Acknowledged”.*stands for it already/,
    ],
    [
      'a closed case',
      { about: 'closed', closureCode: 'Investigation Completed', closedAt: '2026-11-23T10:00:00Z' },
      /^The AWS case was closed at 2026-11-23T10:00:00Z\. Reason: Investigation Completed\./,
    ],
    [
      'a closed case of which nothing is known',
      { about: 'closed', closureCode: null, closedAt: null },
      /^The AWS case was closed\. Reason: none was given\./,
    ],
    ['a reopened issue', { about: 'reopened-after-close', policy: 'alert' }, /file a new issue/],
    [
      'a reopened issue that gets a new case',
      { about: 'reopened-after-close', policy: 'new-case' },
      /a new case is made/,
    ],
    ['a case that is gone', { about: 'case-gone' }, /^AWS has no such case any more/],
    [
      'a reminder',
      { about: 'customer-pending', since: '2026-11-23T10:00:00Z', level: 2 },
      /since 2026-11-23T10:00:00Z \(reminder 2\)/,
    ],
  ];
  for (const [what, note, expected] of notes)
    it(`of ${what}`, () => assert.match(toNoteText(note, 'key'), expected));

  it('is written once for each step, as a note that is no comment of anybody', async () => {
    const { port, tickets, pair } = createFakePair();
    const { issueId, at } = pair();
    const note: Note = { about: 'case-gone' };
    for (let tries = 0; tries < 2; tries += 1) await port.writeNote({ ...at('note-gone'), note });
    const [one, ...others] = tickets.of(issueId).comments;
    assert.deepEqual([one?.property?.['note'], others], ['note-case-gone', []]);
  });

  it('of a new case are its facts; what AWS does not say is called so', () => {
    const lines = toFacts({ ...caseOf('1000000001'), pendingAction: 'Customer' }).split('\n');
    for (const line of [
      'This issue mirrors AWS Security Incident Response case 1000000001.',
      'ARN: arn:aws:security-ir:us-east-1:111111111111:case/1000000001',
      'Type: Security Incident, resolved by ourselves',
      'Reported as begun: 2026-11-23T10:00:00.000Z; actually begun: none named',
      'Services: none named',
      'AWS waits for us: yes',
    ])
      assert.ok(lines.includes(line), line);
  });

  it('keeps a value whole, and says where it stood', () => {
    assert.match(
      toKeptText('summary', 'issue', 'a\nb'),
      /“summary”.*stood in this issue and was replaced:\n\na\nb$/,
    );
    assert.match(toKeptText('summary', 'case', ''), /stood in the AWS case and was replaced:\n\n\(empty\)$/);
  });

  for (const [size, sha256, facts] of [
    [5, 'ab', ' (5 bytes, SHA-256 ab)'],
    [0, null, ' (0 bytes)'],
    [null, null, ''],
  ] as const)
    it(`names a file that was not copied, with what is known of it: ${facts || 'nothing'}`, () => {
      const text = toFileText({ name: 'a.bin', size, sha256, where: 'AWS case x', why: 'it is empty' });
      assert.equal(text, `A file is in AWS case x and was not copied, because it is empty: a.bin${facts}`);
    });

  it('tells the case which issue is gone', () =>
    assert.match(toDeletedText('INC-7'), /^Jira issue INC-7, .* was deleted\./));
});
