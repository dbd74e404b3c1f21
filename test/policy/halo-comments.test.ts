import assert from 'node:assert/strict';
import type { FindingDetails } from '../../workflows/halo-sync/finding.ts';
import { toFindingComment, toReopenComment, toResolutionComment } from '../../workflows/halo-sync/texts.ts';
import type { TicketComment } from '../../workflows/shared/comment.ts';
import { createResolved, createFinding } from './halo-world.ts';
import { createDetails, fullDetails, rowsOf, storedForm, textsOf } from './halo-words.ts';

describe('what is written under a ticket', () => {
  it('is the latest finding', () => {
    const comment = toFindingComment(createFinding(), fullDetails);
    assert.deepEqual(textsOf(comment), [
      'This finding is active as of 2026-11-22 11:50 UTC: severity high, critical.',
      'Latest: Vulnerable package: openssl version 1.0.1',
    ]);
    assert.equal(comment.at(-1)?.type, 'link');
  });

  it('is that it is active when there is no latest finding', () => {
    const comment = toFindingComment(createFinding({ critical: false, url: null }), createDetails());
    assert.deepEqual(textsOf(comment), ['This finding is active as of 2026-11-22 11:50 UTC: severity high.']);
  });

  it('is short, however much is found', () => {
    const many = Array.from({ length: 500 }, (_, n) => `${n} ${'"\n'.repeat(1_000)}`);
    const latest: FindingDetails['latest'] = {
      ...{ title: many.join(), items: many },
      rows: many.map((value) => ({ label: value, value })),
    };
    const comment = toFindingComment(createFinding(), createDetails({ latest }));
    assert.ok(storedForm(comment).length <= 6_000);
    assert.ok(rowsOf(comment, 'Detail').length > 0);
    assert.equal(textsOf(comment).at(-1), 'There is more of it than fits in here.');
  });

  const resolved = createResolved(30, { resolutionComment: 'patched\nin 1.0.2' });
  const cases: readonly (readonly [what: string, TicketComment, readonly string[]])[] = [
    [
      'when, by whom and why it was resolved',
      toResolutionComment(resolved, 'resolved'),
      [
        'This finding was resolved on 2026-11-22 11:30 UTC by system, so this is closed.',
        'Comment of the resolution: patched\nin 1.0.2',
      ],
    ],
    [
      'that it was resolved when nothing else is known',
      toResolutionComment(
        { ...resolved, resolvedAt: null, resolvedBy: null, resolutionComment: '' },
        'resolved',
      ),
      ['This finding was resolved, so this is closed.'],
    ],
    [
      'that the last of a group was resolved',
      toResolutionComment(null, 'resolved'),
      ['Every finding of this group is resolved, so this is closed.'],
    ],
    [
      'that the source does not have it',
      toResolutionComment(null, 'missing'),
      ['The source does not have this finding any more, so this is closed.'],
    ],
    [
      'which twin is kept',
      toResolutionComment(resolved, 'twin', 'SEC-3'),
      ['This is a second ticket of one finding, so it is closed. Work goes on in SEC-3.'],
    ],
    [
      'that the older twin is kept',
      toResolutionComment(resolved, 'twin'),
      ['This is a second ticket of one finding, so it is closed. Work goes on in the older one.'],
    ],
    [
      'that it is active again',
      toReopenComment(createFinding(), 'active-again'),
      ['This finding was resolved and is active again as of 2026-11-22 11:50 UTC, so this is reopened.'],
    ],
    [
      'that it was closed too early',
      toReopenComment(createFinding(), 'closed-too-early'),
      ['This was closed, but its finding is still active, so it is reopened.'],
    ],
    [
      'that the acceptance has ended',
      toReopenComment(createFinding(), 'acceptance-ended'),
      ['The acceptance of this risk has ended and its finding is still active, so this is reopened.'],
    ],
  ];
  for (const [what, comment, texts] of cases)
    it(`is ${what}`, () => assert.deepEqual(textsOf(comment), texts));

  it('is bounded, whoever resolved it and whatever was said', () => {
    const long = 'x"'.repeat(50_000);
    const comment = toResolutionComment(
      { ...resolved, resolvedBy: long, resolutionComment: long },
      'resolved',
    );
    assert.ok(storedForm(comment).length < 3_000);
  });
});
