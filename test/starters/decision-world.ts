import { generateKeyPairSync } from 'node:crypto';
import { verifyEnvelope } from '../../activities/decisions/envelope.ts';
import type { GroupSources } from '../../activities/decisions/membership.ts';
import { createMembership } from '../../activities/decisions/membership.ts';
import { parsePrivateKeys, type PrivateJwk } from '../../config/signing-keys.ts';
import { createGateway } from '../../starters/decisions/create-gateway.ts';
import type { DecisionGateway, SaidDecision } from '../../starters/decisions/gateway.ts';
import { createJsonLog } from '../../starters/log.ts';
import { createMetrics } from '../../starters/metrics.ts';
import type { VerifiedDecision, Via } from '../../workflows/approval/messages.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { createTemporalDouble, type TemporalDouble } from './temporal-double.ts';

export const nowMs = Date.UTC(2026, 10, 4, 9, 30);
export const workflowId = 'agent-promotion:main:10077';

const approval = (group: string) => ({ version: 3, quorum: [{ group }], channel: 'devops' });

/** The example with people who decide. */
export const decisionsYaml = (changes: Record<string, unknown> = {}) =>
  exampleWith({
    people: [
      { name: 'jira-bot', jira: 'bot-1' },
      { name: 'dev', jira: 'dev-1' },
      { name: 'dana', jira: 'dana-1', slack: 'U0DANA' },
      { name: 'sue', jira: 'sue-1', slack: 'U0SUE' },
    ],
    groups: {
      devops: ['dev', 'dana'],
      security: { slackUserGroup: 'S0SECURITY' },
      release: { jiraGroup: 'release-managers' },
    },
    delegations: [{ from: 'dana', to: 'sue', start: '2026-11-01T00:00:00Z', end: '2026-11-10T00:00:00Z' }],
    approvals: {
      production: approval('devops'),
      secured: approval('security'),
      thaw: approval('devops'),
      steal: { ...approval('devops'), version: 2 },
    },
    freeze: { approval: 'thaw' },
    'processes.promotion.steal': 'steal',
    'slack.teamId': 'T0TEAM00000',
    decisions: { gatewayUrl: 'https://lockkeeper.example.com', publicKeys: 'keys.json' },
    ...changes,
  });

/** As `lockkeeper setup keys` makes them. */
export function makeKey(
  kid: string,
  lk_via: readonly Via[] = ['slack', 'cli'],
  more: object = {},
): PrivateJwk {
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = JSON.stringify({ keys: [{ ...privateKey.export({ format: 'jwk' }), kid, lk_via, ...more }] });
  const [key] = parsePrivateKeys(text) ?? [];
  if (!key) throw new Error('the key is none of ours');
  return key;
}

export const said: SaidDecision = {
  workflowId,
  requestId: 'request-1',
  evidenceDigest: 'a'.repeat(64),
  policy: 'production@3',
  verb: 'approve',
  principal: 'dana',
  via: 'slack',
  sourceEventId: 'T1:U0DANA:1762248600.1',
  reason: null,
};

export interface GatewayWorld {
  readonly gateway: DecisionGateway;
  readonly temporal: TemporalDouble;
  readonly logged: string[];
  metrics(): string;
  /** What a worker makes of the envelopes that reached Temporal. */
  verified(audience?: string): Promise<VerifiedDecision[]>;
  envelopes(): string[];
}

export function createGatewayWorld(
  options: { keys?: readonly PrivateJwk[]; yaml?: string; sources?: GroupSources } = {},
): GatewayWorld {
  const { keys = [makeKey('k1')], yaml = decisionsYaml(), sources = {} } = options;
  const temporal = createTemporalDouble();
  temporal.running.add(workflowId).add('freeze').add('promotion-queue');
  const config = configOf(yaml);
  const metrics = createMetrics();
  const logged: string[] = [];
  const now = () => nowMs;
  const gateway = createGateway({
    ...{ config, keys, temporal, now, membership: createMembership(config, sources, now) },
    log: createJsonLog((line) => logged.push(line)),
    counter: metrics.counter('lockkeeper_decisions_total', 'Decisions.'),
  });
  const envelopes = () =>
    temporal.signalled.map(({ signal }) => (signal.payload as { envelope: string }).envelope);
  const source = { find: async (kid: string) => toPublic(keys.find((key) => key.kid === kid)) };
  return {
    ...{ gateway, temporal, logged, envelopes },
    metrics: () => metrics.render(),
    verified: (audience = `default/${workflowId}`) =>
      Promise.all(envelopes().map((one) => verifyEnvelope(one, { keys: source, audience, nowMs }))),
  };
}

function toPublic(key: PrivateJwk | undefined) {
  if (!key) return undefined;
  const { kty, crv, x, kid, lk_via } = key;
  return { kty, crv, x, kid, lk_via };
}
