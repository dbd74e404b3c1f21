import assert from 'node:assert/strict';
import { toRequestMessage } from '../../../activities/slack/request-message.ts';
import type { RequestView } from '../../../workflows/approval/messages.ts';
import { approvedByDana, evidenceDigest, evidenceOf, policy, viewOf } from './request-view.ts';

interface AnyBlock {
  readonly type: string;
  readonly text?: { readonly text: string; readonly verbatim?: boolean };
  readonly fields?: readonly { readonly text: string }[];
  readonly elements?: readonly {
    readonly text: string | { text: string };
    action_id?: string;
    value?: string;
  }[];
}
const blocksOf = (view: RequestView) => toRequestMessage(view).blocks as unknown as readonly AnyBlock[];
const buttonsOf = (view: RequestView) =>
  blocksOf(view).flatMap((block) => (block.type === 'actions' ? (block.elements ?? []) : []));
const actionsOf = (view: RequestView) => buttonsOf(view).map((button) => button.action_id);

/** Everything that is readable, a line each. */
function readable(view: RequestView): string {
  const lines = blocksOf(view).flatMap(({ type, text, fields = [], elements = [] }) => [
    ...(text ? [text.text] : []),
    ...fields.map((field) => field.text),
    ...(type === 'context'
      ? elements.map(({ text: shown }) => (typeof shown === 'string' ? shown : shown.text))
      : []),
  ]);
  return lines.join('\n');
}

const missing = [{ group: 'security', count: 1 }];
const hold = evidenceOf({ kind: 'freeze-hold', title: 'Lift the hold of dev', subject: { runId: 'r' } });
const exception = evidenceOf({ kind: 'freeze-override' });
const deputy = { ...approvedByDana, actingFor: 'lee', reason: 'looks\ngood <!here>' };

describe('slack request message', () => {
  it('says what, who, what is missing, until when, and of which evidence', () => {
    const text = readable(viewOf({ decisions: [deputy], missing, refusals: 2, note: 'asked again' }));
    assert.equal(
      text,
      [
        '*Publish agent 1.4.2 to prod-a, prod-b (DEVOPS-77)*',
        ':hourglass_flowing_sand: Waiting for a decision',
        '*Version*\n1.4.2',
        'Asked by sam',
        '• *dana* (for lee) approved by slack, <!date^1793784600^{date_short_pretty} {time}|2026-11-04 09:30 UTC>: looks good &lt;!here&gt;',
        '*Still missing: 1 of security*',
        'Decide until <!date^1794387600^{date_short_pretty} {time}|2026-11-11 09:00 UTC>',
        '2 decisions were refused',
        'Can be revoked until wave-1 begins',
        '> asked again',
        '<https://jira.test/browse/DEVOPS-77|DEVOPS-77> · <https://temporal.test/namespaces/default/workflows/agent-promotion%3Amain%3A10077|Run>',
        'production@3 · evidence 0123456789ab · request 3f2a9c1e',
      ].join('\n'),
    );
  });

  it('notifies with title, state and what is missing', () =>
    assert.equal(
      toRequestMessage(viewOf({ missing })).text,
      'Publish agent 1.4.2 to prod-a, prod-b (DEVOPS-77) — :hourglass_flowing_sand: Waiting for a decision — still missing: 1 of security',
    ));

  it('has a button for each way to approve', () => {
    const choices = [
      { id: 'all', label: 'Create all 900' },
      { id: 'drop', label: 'Drop them' },
    ];
    const view = viewOf({ evidence: evidenceOf({ choices }) });
    assert.deepEqual(actionsOf(view), ['lk_approve:all', 'lk_approve:drop', 'lk_reject', 'lk_info']);
    const [first] = buttonsOf(view);
    assert.equal((JSON.parse(first?.value ?? '') as { c: string }).c, 'all');
    assert.deepEqual(first?.text, { type: 'plain_text', text: 'Create all 900' });
  });

  const all = ['lk_approve', 'lk_reject', 'lk_info'];
  const states: [string, Partial<RequestView>, RegExp, readonly string[]][] = [
    ['open', {}, /Waiting for a decision/, all],
    ['open with one decision', { decisions: [approvedByDana], missing }, /Waiting/, [...all, 'lk_revoke']],
    [
      'info requested',
      { state: 'info-requested', deadline: null },
      /the clock stands still/,
      all.slice(0, 2),
    ],
    ['approved', { state: 'approved', decisions: [approvedByDana], missing: [] }, /Approved/, ['lk_revoke']],
    [
      'approved for good',
      { state: 'approved', decisions: [approvedByDana], revocable: null },
      /Approved/,
      [],
    ],
    ['committed', { state: 'committed', decisions: [approvedByDana] }, /Approved/, []],
    ['overridden', { state: 'committed', overridden: true }, /Overridden \(break-glass\); a review must/, []],
    ['rejected', { state: 'rejected', note: 'by lee: not on a Friday' }, /Rejected[^]*> by lee: not on/, []],
    ['expired', { state: 'expired' }, /Expired: nobody decided in time/, []],
    ['void', { state: 'void', note: 'the installer changed' }, /Void[^]*the installer changed/, []],
    ['a hold', { evidence: hold }, /Held until it is lifted/, ['lk_thaw']],
    ['a lifted hold', { evidence: hold, state: 'committed' }, /Approved/, []],
    ['an exception', { evidence: exception }, /Waiting/, ['lk_override', 'lk_reject', 'lk_info']],
  ];
  for (const [name, changes, says, buttons] of states)
    it(`shows ${name}`, () => {
      const view = viewOf(changes);
      assert.match(readable(view), says);
      assert.deepEqual(actionsOf(view), buttons);
      assert.equal(
        /Still missing|Decide until/.test(readable(view)),
        buttons.includes('lk_reject') || buttons.includes('lk_thaw'),
      );
    });

  it('gives each button what a click must bring back', () => {
    const [approve] = buttonsOf(viewOf({ policy: { ...policy, risk: 'high' } }));
    assert.deepEqual(JSON.parse(approve?.value ?? ''), {
      w: 'agent-promotion:main:10077',
      r: viewOf().requestId,
      d: evidenceDigest,
      p: 'production@3',
      k: 'high',
    });
  });

  it('has no buttons where the policy wants none, and says where to decide', () => {
    const linkOnly = { ...policy, buttons: false };
    assert.match(
      readable(viewOf({ policy: linkOnly })),
      /Decide with: `lockkeeper approve agent-promotion:main:10077`, or comment `\/approve` on DEVOPS-77/,
    );
    const noTicket = viewOf({ policy: linkOnly, evidence: hold, workflowId: 'freeze' });
    assert.match(readable(noTicket), /Decide with: `lockkeeper approve freeze`$/m);
    assert.match(readable(viewOf({ policy: linkOnly, evidence: exception })), /`lockkeeper override \S+`$/m);
    assert.deepEqual([...actionsOf(viewOf({ policy: linkOnly })), ...actionsOf(noTicket)], []);
    assert.doesNotMatch(readable(viewOf({ policy: linkOnly, state: 'expired' })), /Decide with/);
  });

  it('takes external text as text, on its own line', () => {
    const hostile = '<!channel> a & b\n*Still missing: 0*\u202e <https://evil.test|ok>';
    const clean = '&lt;!channel&gt; a &amp; b *Still missing: 0* &lt;https://evil.test|ok&gt;';
    const evidence = evidenceOf({
      title: hostile,
      facts: [{ label: hostile, value: hostile }],
      requester: hostile,
      authors: [hostile],
    });
    const text = readable(
      viewOf({ evidence, note: hostile, revocable: null, runLink: `javascript:${hostile}` }),
    );
    assert.equal(text.split(clean).length - 1, 7, text);
    assert.doesNotMatch(text, /<!channel|<https:\/\/evil/);
    for (const { text: body } of blocksOf(viewOf())) if (body) assert.equal(body.verbatim, true);
  });

  it('stays within Slack’s limits, whatever it is given', () => {
    const long = '&<x>'.repeat(800);
    const many = <T>(one: T) => Array.from({ length: 150 }, () => one);
    const view = viewOf({
      evidence: evidenceOf({
        title: long,
        facts: many({ label: long, value: long }),
        links: many({ label: long, href: `https://x.test/${'y'.repeat(3_000)}` }),
        authors: many(long),
      }),
      decisions: many({ ...approvedByDana, reason: long }),
      note: long,
      missing: many({ group: 'security', count: 1 }),
      workflowId: 'w'.repeat(300),
    });
    const { blocks, text } = toRequestMessage(view);
    assert.ok(blocks.length <= 50 && text.length <= 3_000, `${blocks.length} blocks`);
    for (const { type, text: body, fields = [], elements = [] } of blocks as unknown as readonly AnyBlock[]) {
      assert.ok(body === undefined || (body.text.length <= 3_000 && body.text.length > 0));
      assert.ok(fields.length <= 10 && fields.every((field) => field.text.length <= 2_000));
      if (type === 'actions') assert.ok(elements.every(({ value = '' }) => value.length <= 2_000));
    }
    assert.match(readable(view), /… and 90 more facts: see the run/);
    assert.match(readable(view), /… and 130 before/);
    assert.match(readable(view), /Still missing/);
  });
});
