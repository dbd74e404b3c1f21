import assert from 'node:assert/strict';
import type {
  AutoApproved,
  InspectedTicket,
  InspectionRecord,
} from '../../workflows/change-inspection/messages.ts';
import { isMonth, isOver, monthBefore } from '../../workflows/change-inspection/month.ts';
import {
  projectOf,
  toDoneNotice,
  toDrawnNotice,
  toFinding,
  toInspectionEvidence,
  toResultComment,
  toSwitchOffReason,
} from '../../workflows/change-inspection/texts.ts';

const change: AutoApproved = {
  ticket: 'PRODCM-12',
  issueId: '20012',
  environment: 'production',
  project: 'shop/web',
  build: '4711',
  sha: 'a'.repeat(40),
  policy: 'standard@1',
  approvedAt: '2026-10-05T10:00:00.000Z',
  requester: 'dana',
  authors: ['dev', 'gitlab:renovate'],
  workflowId: 'change:production:shop~web:4711',
};
const run = { month: '2026-10', runId: 'run-1', runLink: 'http://ui/run', runLinkBase: 'http://ui/' };
const failed: InspectedTicket = {
  ticket: 'PRODCM-12',
  result: 'failed',
  inspector: 'sue',
  reason: 'the scan was of\nanother commit',
  finding: 'PRODCM-99',
  at: '2026-11-03T10:00:00.000Z',
};

describe('months of inspections', () => {
  const before: readonly [now: string, month: string][] = [
    ['2026-11-01T06:00:00Z', '2026-10'],
    ['2026-11-30T23:59:59Z', '2026-10'],
    ['2026-01-01T00:00:00Z', '2025-12'],
    ['2024-03-31T12:00:00Z', '2024-02'],
    ['2026-12-31T23:59:59.999Z', '2026-11'],
  ];
  for (const [now, month] of before)
    it(`${month} is the last that is over at ${now}`, () => {
      assert.equal(monthBefore(Date.parse(now)), month);
      assert.ok(isOver(month, Date.parse(now)));
      assert.ok(!isOver(now.slice(0, 7), Date.parse(now)));
    });

  for (const other of ['2026-13', '2026-00', '2026-1', '26-10', '2026-10-01', ' 2026-10', '', null, 202610])
    it(`${JSON.stringify(other)} is no month`, () => assert.ok(!isMonth(other)));
  it('2026-10 is one', () => assert.ok(isMonth('2026-10')));
});

describe('what an inspector is shown', () => {
  it('names the change, and who may not inspect it', () => {
    const { kind, title, subject, requester, authors } = toInspectionEvidence(change, run);
    assert.equal(kind, 'change-inspection');
    assert.equal(title, 'Inspect PRODCM-12: shop/web build 4711 to production, approved automatically');
    const { ticket, sha, policy, approvedAt } = change;
    assert.deepEqual(subject, { runId: 'run-1', ticket, sha, policy, approvedAt });
    assert.deepEqual([requester, authors], ['dana', ['dev', 'gitlab:renovate']]);
  });

  it('leads to the run of the change', () => {
    const [link] = toInspectionEvidence(change, run).links;
    assert.equal(link?.href, 'http://ui/change%3Aproduction%3Ashop~web%3A4711');
  });

  it('says when nobody proved who asked', () => {
    const { facts, requester } = toInspectionEvidence({ ...change, requester: null }, run);
    assert.equal(facts.find(({ label }) => label === 'Requested by')?.value, 'nobody proved it');
    assert.equal(requester, null);
  });

  it('is bounded, whatever a ticket says', () => {
    const long = toInspectionEvidence({ ...change, build: 'x'.repeat(5_000) }, run);
    assert.ok(JSON.stringify(long).length < 4_000);
  });
});

describe('what is written of an inspection', () => {
  const textOf = (value: unknown) => JSON.stringify(value);

  it('is the inspector and the month when it passed', () => {
    const passed = { ...failed, result: 'passed', reason: null, finding: null } as const;
    assert.match(textOf(toResultComment('2026-10', passed, false)), /2026-10: sue found everything in order/);
  });

  for (const [off, says] of [
    [true, /switched off until people switch it on/],
    [false, /^(?!.*switched off)/],
  ] as const)
    it(`is reason and finding when it failed, and ${off ? '' : 'not '}that auto-approval is off`, () => {
      const text = textOf(toResultComment('2026-10', failed, off));
      assert.match(text, /Finding: PRODCM-99/);
      assert.match(text, says);
    });

  it('is a ticket of its own for a finding, in the project of the change', () => {
    const { summary, body, labels } = toFinding(change, failed, run);
    assert.equal(summary, 'Inspection failed: PRODCM-12 was approved automatically (2026-10)');
    assert.match(textOf(body), /the scan was of\\nanother commit/);
    assert.deepEqual([labels, projectOf(change.ticket)], [['lockkeeper-inspection'], 'PRODCM']);
  });

  it('is one line why auto-approval is switched off, at most 400 characters', () => {
    const said = 'the inspection of PRODCM-12 (2026-10) failed: the scan was of another commit';
    assert.equal(toSwitchOffReason('2026-10', failed), said);
    assert.equal(toSwitchOffReason('2026-10', { ...failed, reason: 'x'.repeat(4_000) }).length, 400);
  });

  it('tells the channels what was drawn and how it ended', () => {
    const passed = { ...failed, ticket: 'PRODCM-7', result: 'passed', finding: null } as const;
    const record: InspectionRecord = {
      ...{ month: '2026-10', policy: 'inspection@1', seed: 'c'.repeat(32) },
      population: ['PRODCM-7', 'PRODCM-9', 'PRODCM-12'],
      sample: ['PRODCM-12', 'PRODCM-7'],
      tickets: [failed, passed],
    };
    assert.match(toDrawnNotice(record).title, /2 of 3 automatically approved changes/);
    assert.deepEqual(toDoneNotice(record), {
      title: 'Inspection of 2026-10 is done: 1 passed, 1 failed',
      lines: ['2 of 3 automatically approved changes were inspected.', 'PRODCM-12: PRODCM-99'],
    });
  });
});
