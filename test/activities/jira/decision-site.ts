import { createHash } from 'node:crypto';
import type { Attestation } from '../../../activities/jira/attest.ts';
import type { DecisionClaims, Evidence, RequestView } from '../../../workflows/approval/messages.ts';

export const workflowId = 'agent-promotion:acme:10024';
const digestOf = (evidence: Evidence) => createHash('sha256').update(JSON.stringify(evidence)).digest('hex');

export const evidence: Evidence = {
  kind: 'agent-promotion',
  title: 'Publish agent 1.4.2 to prod-a, prod-b (DEVOPS-24)',
  subject: { runId: 'run-1', version: '1.4.2' },
  facts: [
    { label: 'Version', value: '1.4.2' },
    { label: 'Signature', value: '[~accountid:1] <b>absent</b>' },
  ],
  links: [{ label: 'Run', href: 'https://ui.test/run' }],
  requester: 'sam',
  authors: [],
  changers: ['jira:eve-1'],
};

export function viewOf(changes: Partial<RequestView> = {}): RequestView {
  return {
    requestId: 'request-1',
    workflowId,
    key: `${workflowId}/7/production`,
    runLink: 'https://ui.test/run',
    evidence,
    evidenceDigest: digestOf(evidence),
    policy: {
      name: 'production',
      version: 3,
      digest: 'd'.repeat(64),
      quorum: [
        { group: 'security', count: 1 },
        { group: 'devops-leads', count: 2 },
      ],
      exclude: ['requester'],
      risk: 'normal',
      channel: 'soc',
      buttons: true,
      reminders: [],
      workingHours: null,
      expiresAfterMinutes: 60,
      override: null,
    },
    state: 'open',
    overridden: false,
    openedAt: '2026-11-22T10:00:00.000Z',
    deadline: '2026-11-22T11:00:00.000Z',
    decisions: [],
    missing: [],
    refusals: 0,
    note: null,
    revocable: null,
    ...changes,
  };
}

/** Signs by writing the claims as they are; counts how often somebody's standing was asked for. */
export function createAttestation(changes: Partial<Attestation> = {}) {
  const asked: string[] = [];
  const attest: Attestation = {
    namespace: 'default',
    sign: (claims) => JSON.stringify(claims),
    personOf: (accountId) => ({ 'sue-1': 'sue', 'lee-1': 'lee', 'app-1': 'app' })[accountId],
    async standing(person, groups) {
      asked.push(person);
      return {
        actingFor: null,
        groups: person === 'sue' ? groups.filter((group) => group === 'security') : [],
      };
    },
    digestOf,
    ...changes,
  };
  return { attest, asked };
}

export const claimsOf = (envelopes: readonly string[]) =>
  envelopes.map((envelope) => JSON.parse(envelope) as DecisionClaims);
