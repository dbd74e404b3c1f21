import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createDecisionsActivities } from '../../../activities/decisions/activities.ts';
import type { KeySource } from '../../../activities/decisions/keys.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import type { Evidence, VerifiedDecision } from '../../../workflows/approval/messages.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { gatewayKey, knownKeys, nowMs, signed, workflowId } from './signing.ts';

const activitiesWith = (keys: KeySource | undefined) =>
  createDecisionsActivities({ keys, namespace: 'security', now: () => nowMs });
const activities = activitiesWith(knownKeys);

function verifyAs(id: string, envelopes: readonly unknown[], keys: KeySource | null = knownKeys) {
  const environment = new MockActivityEnvironment(
    { workflowExecution: { workflowId: id, runId: 'run-1' } },
    { logger: new DefaultLogger('ERROR', () => undefined) },
  );
  const input = { envelopes: envelopes as readonly string[] };
  return environment.run<[], readonly VerifiedDecision[], () => Promise<readonly VerifiedDecision[]>>(() =>
    activitiesWith(keys ?? undefined).verifyDecisions(input),
  );
}

const evidence: Evidence = {
  kind: 'agent-promotion',
  title: 'Publish agent 1.4.2',
  subject: { runId: 'run-1', accounts: ['prod-a'], size: 7 },
  facts: [{ label: 'Größe', value: '7 "Bytes"\n' }],
  links: [],
  requester: 'sam',
  authors: [],
  changers: [],
};

describe('digestTexts', () => {
  it('is SHA-256 of each, as sha256sum says it, in their order', async () => {
    const { digests } = await activities.digestTexts({ texts: ['', '2026-10\nPRODCM-1\n', 'ü'] });
    assert.deepEqual(
      digests,
      ['', '2026-10\nPRODCM-1\n', 'ü'].map((text) =>
        execFileSync('sha256sum', { input: text }).toString().slice(0, 64),
      ),
    );
  });

  for (const wrong of [null, {}, { texts: 'one' }, { texts: [1] }])
    it(`refuses ${JSON.stringify(wrong)}`, () =>
      assert.rejects(activities.digestTexts(wrong as never), { type: 'InvalidInput' }));
});

describe('digestEvidence', () => {
  it('is the digest of the canonical form, whatever the order of keys', async () => {
    const { digest } = await activities.digestEvidence({ evidence });
    const reversed = Object.fromEntries(Object.entries(evidence).reverse()) as unknown as Evidence;
    assert.equal(digest, digestOf(evidence));
    assert.equal((await activities.digestEvidence({ evidence: reversed })).digest, digest);
  });

  it('refuses more than 64 KB', async () => {
    const facts = [{ label: 'x', value: 'ä'.repeat(32 * 1024) }];
    await assert.rejects(activities.digestEvidence({ evidence: { ...evidence, facts } }), {
      type: 'InvalidInput',
    });
  });

  for (const wrong of [undefined, null, {}, { evidence: { ...evidence, subject: {} } }])
    it(`refuses ${JSON.stringify(wrong)}`, () =>
      assert.rejects(activities.digestEvidence(wrong as never), { type: 'InvalidInput' }));
});

describe('verifyDecisions', () => {
  it('answers each in its place, for the calling workflow and no other', async () => {
    const envelopes = [await signed(), 'x', await signed({ aud: 'security/other' })];
    const found = await verifyAs(workflowId, envelopes);
    assert.deepEqual(
      found.map((one) => (one.state === 'refused' ? one.rule : one.state)),
      ['valid', 'malformed', 'wrong-workflow'],
    );
    const elsewhere = await verifyAs('agent-promotion:main:1', [await signed()]);
    assert.partialDeepStrictEqual(elsewhere[0], { rule: 'wrong-workflow' });
  });

  it('never throws for what an envelope is', async () => {
    const envelopes: unknown[] = [null, 7, {}, [], '', '..', 'a'.repeat(1 << 20), { toString: null }];
    const found = await verifyAs(workflowId, envelopes);
    assert.ok(found.every((one) => one.state === 'refused' && one.rule === 'malformed'));
  });

  it('waits for keys that cannot be read now', async () => {
    const broken: KeySource = { find: async () => Promise.reject(createFailure('Unavailable', 'no file')) };
    const [found] = await verifyAs(workflowId, [await signed()], broken);
    assert.partialDeepStrictEqual(found, { state: 'unknown-key', keyId: gatewayKey.kid });
  });

  it('refuses everything where nothing is configured, and says why', async () => {
    const envelope = await signed();
    const [found] = await verifyAs(workflowId, [envelope], null);
    assert.partialDeepStrictEqual(found, { state: 'refused', rule: 'key-not-allowed' });
    assert.match(JSON.stringify(found), /decisions\.publicKeys is not configured/);
  });
});

describe('planReminders', () => {
  const from = '2026-11-23T08:00:00.000Z';
  const workingHours = { timeZone: 'Europe/Berlin', days: ['mon'], from: '09:00', to: '10:00' } as const;

  it('answers each number in its place', async () =>
    assert.deepEqual(await activities.planReminders({ from, afterMinutes: [90, 30], workingHours }), [
      '2026-11-30T08:30:00.000Z',
      '2026-11-23T08:30:00.000Z',
    ]));

  for (const [what, input] of [
    ['no time', { from: 'now', afterMinutes: [1], workingHours: null }],
    ['no zone', { from, afterMinutes: [1], workingHours: { ...workingHours, timeZone: 'Mars/Olympus' } }],
    ['no days', { from, afterMinutes: [1], workingHours: { ...workingHours, days: [] } }],
    ['no clock', { from, afterMinutes: [1], workingHours: { ...workingHours, to: '25:00' } }],
  ] as const)
    it(`refuses ${what}`, () => assert.rejects(activities.planReminders(input), { type: 'InvalidInput' }));
});
