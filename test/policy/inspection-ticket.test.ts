import assert from 'node:assert/strict';
import type { ApprovalRequest, Question, Settlement } from '../../workflows/approval/approvals.ts';
import { inspectTicket, type InspectOptions } from '../../workflows/change-inspection/inspect-ticket.ts';
import { autoApproved, inspectionPolicy } from '../support/inspection-world.ts';

const grant = { requestId: 'r', evidence: {}, policy: {}, envelopes: [] } as never;
const approved: Settlement = { outcome: 'approved', grant, approvers: ['sue'], overridden: false };
const rejected: Settlement = { outcome: 'rejected', by: 'sid', reason: 'no scan' };
const expired: Settlement = { outcome: 'expired' };

/** Plays one ticket's inspection with these answers. @returns everything that it did, in order */
async function play(
  settlements: readonly Settlement[],
  { switchOff = true, revoked = false }: { switchOff?: boolean; revoked?: boolean } = {},
) {
  const did: string[] = [];
  const left = [...settlements];
  let commits = revoked ? -1 : 0;
  const ask = async ({ name }: Question): Promise<ApprovalRequest> => {
    did.push(`ask ${name}`);
    const settled = async () => left.shift() ?? assert.fail('it is asked once too often');
    const request = {
      settled,
      commit: async () => ((commits += 1) === 0 ? undefined : approved),
      note: (text: string) => void did.push(`note ${text}`),
    };
    return request as unknown as ApprovalRequest;
  };
  const options: InspectOptions = {
    approvals: { ask },
    policy: { ...inspectionPolicy, switchOff },
    run: { month: '2026-10', runId: 'r', runLink: 'http://ui/', runLinkBase: 'http://ui/' },
    insist: (_, act) => act(),
    now: () => Date.parse('2026-11-03T10:00:00Z'),
    acts: {
      comment: async (_, step) => void did.push(`comment ${step}`),
      report: async (_, { project }) => (did.push(`report in ${project}`), 'PRODCM-99'),
      switchOff: async (reason, by) => void did.push(`switch off by ${by}: ${reason}`),
      escalate: async ({ ticket }, nth) => void did.push(`escalate ${ticket} ${nth}`),
      update: ({ result, finding }) => void did.push(`is ${result} ${finding ?? ''}`.trim()),
    },
  };
  return { result: await inspectTicket(autoApproved(9), options), did };
}

describe('the inspection of one ticket', () => {
  it('passes, and that is written down', async () => {
    const { result, did } = await play([approved]);
    assert.deepEqual(
      [result.result, result.inspector, result.at],
      ['passed', 'sue', '2026-11-03T10:00:00.000Z'],
    );
    assert.deepEqual(did, [
      'ask inspect-PRODCM-9-1',
      'is passed',
      'comment passed',
      'note recorded: in order',
    ]);
  });

  it('fails: first auto-approval goes off, then there is a finding', async () => {
    const { result, did } = await play([rejected]);
    assert.deepEqual([result.result, result.inspector, result.finding], ['failed', 'sid', 'PRODCM-99']);
    assert.deepEqual(did, [
      'ask inspect-PRODCM-9-1',
      'is failed',
      'switch off by sid: the inspection of PRODCM-9 (2026-10) failed: no scan',
      'report in PRODCM',
      'is failed PRODCM-99',
      'comment failed',
      'note recorded: finding PRODCM-99',
    ]);
  });

  it('leaves auto-approval on where the policy says so', async () => {
    const { did } = await play([rejected], { switchOff: false });
    assert.ok(!did.some((act) => act.startsWith('switch')));
  });

  it('is overdue as often as nobody answers: told, escalated, asked again', async () => {
    const { result, did } = await play([expired, expired, approved]);
    assert.equal(result.result, 'passed');
    assert.deepEqual(did.slice(0, 8), [
      ...['ask inspect-PRODCM-9-1', 'is overdue', 'comment overdue-1', 'escalate PRODCM-9 1'],
      ...['ask inspect-PRODCM-9-2', 'is overdue', 'comment overdue-2', 'escalate PRODCM-9 2'],
    ]);
  });

  it('is not passed when the approval was taken back before it was recorded', async () => {
    const { result, did } = await play([approved, rejected], { revoked: true });
    assert.equal(result.result, 'failed');
    assert.equal(did.filter((act) => act.startsWith('ask')).length, 1);
  });
});
