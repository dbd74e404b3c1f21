import assert from 'node:assert/strict';
import type { AccountState } from '../../activities/s3/port.ts';
import type { Ticket } from '../../activities/jira/port.ts';
import { toExceptionEvidence, toPromotionEvidence } from '../../workflows/agent-promotion/evidence.ts';
import { createPromotionWorld } from '../support/promotion-world.ts';

describe('evidence of a promotion', () => {
  const ticket = createPromotionWorld({ key: 'DEVOPS-7', creator: 'sam', changers: ['dana'] }).world
    .ticket as Ticket;
  const begun = { ticket, version: '1.4.2' };
  const tested = { bucket: 'b', key: 'k', versionId: 'v', sha256: 'a'.repeat(64), size: 9 };
  const installer = { tested, signature: 'verified', pipelineUrl: 'http://p', instanceId: 'i-1' } as const;
  const account = (name: string, part: Partial<AccountState>): AccountState => ({
    ...{
      account: name,
      manifest: 'present',
      version: '1.0.0',
      versions: [],
      entry: null,
      manifestVersionId: null,
    },
    ...part,
  });
  const run = { runId: 'r-1', runLink: 'http://run', hotfix: false };

  it('names what a guarded write is compared with, for this run only', () => {
    const accounts = [account('prod-a', {}), account('prod-b', { manifest: 'absent', version: null })];
    const evidence = toPromotionEvidence(begun, installer, accounts, run);
    assert.deepEqual(evidence.subject, {
      runId: 'r-1',
      ticket: 'DEVOPS-7',
      version: '1.4.2',
      sha256: tested.sha256,
      size: 9,
      accounts: ['prod-a', 'prod-b'],
      hotfix: false,
    });
    assert.equal(evidence.requester, 'sam');
    assert.deepEqual(evidence.changers, ['dana']);
    const now = evidence.facts.filter(({ label }) => label.startsWith('Now in')).map(({ value }) => value);
    assert.deepEqual(now, ['1.0.0', 'nothing yet']);
  });

  it('says that a manifest cannot be read', () => {
    const evidence = toPromotionEvidence(
      begun,
      installer,
      [account('prod-a', { manifest: 'unreadable' })],
      run,
    );
    assert.match(JSON.stringify(evidence.facts), /cannot be read/);
  });

  it('of an exception names the holds and the wave', () => {
    const holds = [{ source: 'lee', reason: 'incident', until: '2026-12-01T00:00:00Z' }];
    const evidence = toExceptionEvidence(begun, { name: 'wave-1', accounts: ['prod-a'] }, holds, run);
    assert.equal(evidence.subject['wave'], 'wave-1');
    assert.deepEqual(evidence.facts, [
      { label: 'Held by lee', value: 'incident (until 2026-12-01T00:00:00Z)' },
    ]);
  });
});
