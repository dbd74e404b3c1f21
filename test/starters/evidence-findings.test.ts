import assert from 'node:assert/strict';
import type { FindingAcceptancePort } from '../../activities/finding-acceptance/port.ts';
import { idHash } from '../../activities/findings/hash.ts';
import { unaccept } from '../../workflows/finding-acceptance/messages.ts';
import { findingAcceptanceId, workflowTypes } from '../../workflows/shared/names.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';
import { approval, startRun, wrongsOf } from './evidence-world.ts';

const findingId = 'f-1';

describe('lockkeeper evidence: an accepted risk', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  it('has the request, the decisions and the guarded write, which goes past the same guard', async () => {
    const nowMs = await temporal.env.currentTimeMs();
    const halo: FindingAcceptancePort = {
      readAcceptanceRequest: async () => ({
        ...{ state: 'asked', site: 'main', ticket: 'SEC-7', finding: 'OpenSSL is old', severity: 'high' },
        ...{ requester: 'sam', askedAt: new Date(nowMs).toISOString(), reason: 'behind the WAF' },
        until: new Date(nowMs + 20 * 86_400_000).toISOString(),
      }),
      acceptFinding: async () => ({ written: true, problem: null }),
      endAcceptance: async () => ({ ended: true }),
    };
    const run = await startRun(
      temporal,
      workflowTypes.findingAcceptance,
      () => findingAcceptanceId('halo', idHash(findingId)),
      { source: 'halo', findingId, commentId: '900', policy: approval, runLinkBase: 'http://ui.example/' },
      (_, stubs) => void Object.assign(stubs, { halo }),
    );
    const view = await run.shown();
    await run.say(view, { principal: 'dana', groups: ['devops'] });
    await run.say(view, { principal: 'sue', groups: ['security'] });
    await run.shown(({ state }) => state === 'committed');
    await run.handle.signal(unaccept, { by: 'sam', reason: 'patched' });
    await run.handle.result();
    const bundle = await run.export();
    const [write] = bundle.finding_writes ?? [];
    assert.deepEqual(
      [bundle.finding_writes?.length, write?.finding_id, write?.comment_id, write?.state],
      [1, findingId, '900', 'done'],
    );
    assert.deepEqual(await wrongsOf(bundle), []);
    for (const [part, why] of [
      [{ issue_id: '1' }, /another issueId/],
      [{ until: '2099-01-01T00:00:00.000Z' }, /another until/],
      [{ grant: null }, /is missing/],
    ] as const) {
      const other = structuredClone(bundle);
      Object.assign(other.finding_writes?.[0] ?? {}, part);
      const wrongs = await wrongsOf(other);
      assert.equal(
        wrongs.some(({ found }) => why.test(found)),
        true,
        JSON.stringify(wrongs),
      );
    }
  });
});
