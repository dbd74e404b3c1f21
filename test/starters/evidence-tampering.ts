import { digestOf } from '../../config/canonical-json.ts';
import type { EvidenceBundle } from '../../starters/cli/evidence/bundle.ts';
import type { Evidence, Grant } from '../../workflows/approval/messages.ts';

export type Writable<T> = { -readonly [K in keyof T]: T[K] extends object ? Writable<T[K]> : T[K] };
export type Tamper = (bundle: Writable<EvidenceBundle>) => unknown;

/** Grants are kept by their SHA-256: whoever edits one moves it. */
const editGrants =
  (edit: (grant: Writable<Grant>) => void): Tamper =>
  (copy) => {
    for (const [key, grant] of Object.entries(copy.grants)) {
      edit(grant);
      const next = digestOf(grant);
      if (next === key) continue;
      delete copy.grants[key];
      copy.grants[next] = grant;
      for (const { permission } of copy.writes) if (permission.grant === key) permission.grant = next;
    }
  };

const otherFacts = (evidence: Writable<Evidence>) =>
  void (evidence.facts = [{ label: 'Version', value: '6.6.6' }]);
const swapped = (envelope: string) => {
  const [header = '', payload = '', signature = ''] = envelope.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, principal: 'lee' })).toString('base64url');
  return [header, forged, signature].join('.');
};

/** What somebody does to a document of dana’s approval, her revoke, and the approvals of dana and sue. */
export const tamperings: readonly (readonly [what: string, tamper: Tamper, check: RegExp, found: RegExp])[] =
  [
    [
      'other evidence',
      (b) => b.requests.forEach(({ evidence }) => otherFacts(evidence)),
      /: evidence$/,
      /^[0-9a-f]{64}$/,
    ],
    [
      'other evidence with a digest that fits it',
      (b) =>
        b.requests.forEach((request) => {
          otherFacts(request.evidence);
          request.evidence_digest = digestOf(request.evidence);
        }),
      /: decisions$/,
      /decided by dana/,
    ],
    [
      'other evidence in the grant',
      editGrants(({ evidence }) => otherFacts(evidence)),
      /^grant/,
      /people saw other evidence/,
    ],
    [
      'laxer rules',
      (b) => b.requests.forEach(({ policy }) => void policy.quorum.pop()),
      /: rules$/,
      /digest/,
    ],
    [
      'laxer rules in the grant',
      editGrants(({ policy }) => void policy.quorum.pop()),
      /^publishObject/,
      /other rules/,
    ],
    [
      'laxer rules of the run',
      (b) => void (b.input_policy as { version: number }).version++,
      /^policy of the run$/,
      /@2/,
    ],
    [
      'an edited envelope',
      (b) => {
        const [first] = b.decisions;
        if (first) first.envelope = swapped(first.envelope ?? '');
      },
      /^decision at event/,
      /bad-signature/,
    ],
    ['a removed envelope', (b) => void b.decisions.pop(), /: decisions$/, /approved, decided by dana, sue/],
    [
      'a removed envelope, which a grant has',
      (b) => void b.decisions.pop(),
      /^grant/,
      /1 of its decisions never reached/,
    ],
    ['a removed revoke', (b) => void b.decisions.splice(1, 1), /: decisions$/, /open, decided by nobody/],
    [
      'an envelope removed from the grant',
      editGrants(({ envelopes }) => void envelopes.pop()),
      /^publishObject/,
      /missing 1 of security/,
    ],
    [
      'a revoked approval',
      (b) => {
        const verified = b.decisions[1]?.verified;
        if (verified) verified.event_id = (b.decisions.at(-1)?.verified?.event_id ?? 0) + 1;
      },
      /: decisions$/,
      /decided by/,
    ],
    [
      'a revoke that came before the writes and is in no view',
      (b) => {
        const [, , approve] = b.decisions;
        const revoke = b.decisions[1];
        if (approve && revoke) [approve.envelope, revoke.envelope] = [revoke.envelope, approve.envelope];
      },
      /: decisions$/,
      /decided/,
    ],
    [
      'a verdict that was turned round',
      (b) => {
        const [, revoke] = b.decisions;
        if (revoke?.verified) Object.assign(revoke.verified, { state: 'refused', rule: 'bad-signature' });
      },
      /^decision at event/,
      /valid: revoke by dana/,
    ],
    [
      'another state that was shown',
      (b) => void Object.assign(b.requests[0]?.shown[1] ?? {}, { state: 'approved' }),
      /: decisions$/,
      /view 2 of/,
    ],
    [
      'a write without a grant',
      (b) => b.writes.forEach(({ permission }) => void (permission.grant = null)),
      /^publishManifest prod-b/,
      /the approval for prod-b is missing/,
    ],
    [
      'a write of other bytes',
      (b) => b.writes.forEach((write) => void (write.sha256 = 'b'.repeat(64))),
      /^publishObject/,
      /another sha256/,
    ],
    [
      'a write to another account',
      (b) => b.writes.forEach((write) => void (write.account = 'prod-z')),
      /^publishObject/,
      /prod-z is in no wave/,
    ],
    [
      'a write under another policy',
      (b) => b.writes.forEach(({ permission }) => void (permission.policy = { name: 'lax' })),
      /^publishObject/,
      /is not this worker/,
    ],
    ['a grant that is not there', (b) => void (b.grants = {}), /^publishObject/, /is not in this file/],
    [
      'other approvers in the manifest',
      (b) => b.writes.forEach(({ approval }) => void approval?.approvers.push('lee')),
      /: approvers$/,
      /dana, sue, lee/,
    ],
    [
      'another run',
      (b) => void (b.run.run_id = '00000000-0000-4000-8000-000000000000'),
      /: run$/,
      /^[0-9a-f-]{36}$/,
    ],
    [
      'another workflow',
      (b) => void (b.run.workflow_id = 'agent-promotion:main:1'),
      /^decision at event/,
      /wrong-workflow/,
    ],
    ['another namespace', (b) => void (b.namespace = 'other'), /^decision at event/, /wrong-workflow/],
    [
      'a second request under the id of the first',
      (b) => b.requests.push(...b.requests.map((one) => ({ ...one, evidence_digest: 'x' }))),
      /: shown alike$/,
      /other evidence or rules/,
    ],
    [
      'what cannot be folded',
      (b) => b.requests.forEach(({ policy }) => void (policy.quorum = [])),
      /: rules$/,
      /digest/,
    ],
  ];
