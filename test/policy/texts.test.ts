import assert from 'node:assert/strict';
import type { PinnedInstaller } from '../../activities/s3/port.ts';
import type { AccountOutcome } from '../../workflows/agent-promotion/messages.ts';
import {
  askForVersion,
  failed,
  pipelineStarted,
  started,
  stopped,
  succeeded,
  tested,
  waiting,
} from '../../workflows/agent-promotion/texts.ts';
import { paragraph } from '../../workflows/shared/comment.ts';

const accounts: readonly AccountOutcome[] = [
  { account: 'prod-a', state: 'published', detail: 'before: 1.4.1' },
  { account: 'prod-b', state: 'already-published', detail: '' },
  { account: 'prod-c', state: 'refused', detail: 'AccessDenied' },
  { account: 'prod-d', state: 'stopped', detail: '' },
  { account: 'prod-e', state: 'waiting', detail: '' },
];
const table = {
  type: 'table',
  header: ['Account', 'State', 'Detail'],
  rows: [
    ['prod-a', 'published', 'before: 1.4.1'],
    ['prod-b', 'was published already', ''],
    ['prod-c', 'failed', 'AccessDenied'],
    ['prod-d', 'not touched', ''],
    ['prod-e', 'not touched', ''],
  ],
};
const hostile = '*bold* {panel} @sam [x](javascript:alert(1)) <b>"\n|| `';

describe('texts on the ticket', () => {
  it('ask for a version in exactly the words of P-28', () =>
    assert.deepEqual(askForVersion, [paragraph('Please provide a valid Agent-Version (format: x.x.x).')]));

  it('say that it has started and where to look', () =>
    assert.deepEqual(started('1.4.2', 'http://ui.example/run'), [
      paragraph(
        'Promotion of agent 1.4.2 has started: pin, test copy, pipeline, test instance, production accounts.',
      ),
      { type: 'link', before: 'Live progress: ', label: 'workflow run', href: 'http://ui.example/run' },
    ]));

  const places: readonly [readonly string[], number | null, string][] = [
    [['DEVOPS-1'], null, 'Place 1 in line, behind DEVOPS-1.'],
    [['DEVOPS-1', 'DEVOPS-2'], 60, 'Place 2 in line, behind DEVOPS-1, DEVOPS-2. Expected wait: about 1 min.'],
    [['A-1', 'A-2', 'A-3'], 200, 'Place 3 in line, behind A-1, A-2, A-3. Expected wait: about 3 min.'],
    [['A-1', 'A-2', 'A-3', 'A-4', 'A-5'], 5, 'behind A-1, A-2, A-3 and 2 more. Expected wait: about 1 min.'],
  ];
  for (const [ahead, eta, words] of places)
    it(`tell the place behind ${ahead.length}`, () => {
      const [block] = waiting(ahead, eta);
      assert.ok(block?.type === 'paragraph' && block.text.endsWith(words), JSON.stringify(block));
    });

  const pinned: PinnedInstaller = {
    bucket: 'b',
    key: 'k',
    versionId: 'v',
    sha256: 'a'.repeat(64),
    size: 9,
    signature: 'verified',
    signedBy: 'release-2026',
  };
  for (const [signature, words] of [
    ['verified', 'signature verified with key release-2026.'],
    ['absent', 'no signature present.'],
    ['off', 'signature not checked.'],
  ] as const)
    it(`say what was pinned when the signature is ${signature}`, () => {
      const [block, link] = pipelineStarted({ ...pinned, signature } as PinnedInstaller, 'http://gitlab/p/7');
      const text = `Installer pinned: 9 bytes, SHA-256 ${pinned.sha256}, ${words}`;
      assert.deepEqual(block, paragraph(text));
      assert.deepEqual(link, {
        type: 'link',
        before: 'Verification: ',
        label: 'GitLab pipeline',
        href: 'http://gitlab/p/7',
      });
    });

  it('say on which instance it was tested, and what comes next', () => {
    const words = (isApprovalNeeded: boolean) => JSON.stringify(tested('1.4.2', 'i-1', isApprovalNeeded));
    assert.match(words(false), /instance i-1.*reported version 1\.4\.2.*Publishing to production now/);
    assert.match(words(true), /Production waits for approval/);
  });

  it('report success with every account and the pipeline', () =>
    assert.deepEqual(succeeded('1.4.2', accounts, 'http://gitlab/p/7'), [
      paragraph('Agent 1.4.2 is published to every production account.'),
      table,
      { type: 'link', before: 'Pipeline: ', label: 'http://gitlab/p/7', href: 'http://gitlab/p/7' },
    ]));

  it('report a failure with step, cause, expected, found, next step, accounts and how to try again', () => {
    const report = { step: 'S', reason: 'R', expected: 'E', found: 'F', nextStep: 'N' };
    const [head, list, state, again, link] = failed(report, accounts, 'http://ui.example/run');
    assert.deepEqual(head, paragraph('Promotion failed.'));
    assert.deepEqual(list, {
      type: 'list',
      items: ['Step: S', 'Cause: R', 'Expected: E', 'Found: F', 'Next: N'],
    });
    assert.deepEqual(state, table);
    assert.match(JSON.stringify(again), /move the ticket to ToDo/);
    assert.equal(link?.type === 'link' && link.href, 'http://ui.example/run');
  });

  it('leave out what is not known of a failure', () => {
    const [, list] = failed({ step: 'S', reason: 'R', nextStep: 'N' }, [], '');
    assert.deepEqual(list, { type: 'list', items: ['Step: S', 'Cause: R', 'Next: N'] });
  });

  it('report a stop, that the status is left alone, and what was written', () =>
    assert.deepEqual(stopped('the ticket was deleted', accounts), [
      paragraph('Promotion stopped: the ticket was deleted. The status is left as it is. What was written:'),
      table,
    ]));

  it('carry external text as it is, in blocks that hold nothing but text', () => {
    const facts = { step: 'S', reason: hostile, expected: hostile, found: hostile, nextStep: 'N' };
    const blocks = failed(facts, [{ account: 'prod-a', state: 'refused', detail: hostile }], 'http://ui');
    assert.deepEqual(
      blocks.map((block) => block.type),
      ['paragraph', 'list', 'table', 'paragraph', 'link'],
    );
    const [, list, state] = blocks;
    assert.ok(list?.type === 'list' && list.items.includes(`Cause: ${hostile}`));
    assert.ok(state?.type === 'table' && state.rows[0]?.[2] === hostile);
  });
});
