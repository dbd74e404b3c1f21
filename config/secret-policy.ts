import type { SecretOrder, SecretPolicy } from '../workflows/secret-audit/messages.ts';
import { toApprovalPolicy } from './approval-policy.ts';
import { digestOf } from './canonical-json.ts';
import type { Config } from './parse-config.ts';
import { runLinkBase } from './promotion-policy.ts';
import type { SecretAuditConfig } from './secret-schema.ts';

/** @throws Error when secrets are not audited */
export function secretAuditOf({ processes: { secrets } }: Config): SecretAuditConfig {
  if (!secrets) throw new Error('processes.secrets: is not in the configuration');
  return secrets;
}

/**
 * The rules of the audit, as they travel with each change.
 * @throws Error when secrets are not audited
 */
export function toSecretPolicy(config: Config): SecretPolicy {
  const { name, version, approvedStatuses, home, accounts, ...audit } = secretAuditOf(config);
  const rules = {
    ...{ name, version, approvedStatuses, home: home ?? null },
    accounts: accounts.map(({ id }) => id),
    outOfScope: audit.outOfScope,
    rotationRoles: audit.rotationRoles,
    pipelineRoles: audit.pipelineRoles,
    breakGlassRoles: audit.breakGlassRoles,
    singleUse: audit.singleUse,
    requireKnownActor: audit.requireKnownActor,
    graceMinutes: audit.graceMinutes,
    graceDays: audit.graceDays,
  };
  return { ...rules, digest: digestOf(rules) };
}

/**
 * What is done about a change that no approval covers.
 * @throws Error when secrets are not audited
 */
export function toSecretOrder(config: Config): SecretOrder {
  const { site, project, finding } = secretAuditOf(config);
  const { issueType, channels, collectSeconds } = finding;
  return {
    ...{ site, runLinkBase: runLinkBase(config), issueType, channels, collectSeconds },
    project: finding.project ?? project,
    question: toApprovalPolicy(config, finding.question),
    approval: toApprovalPolicy(config, finding.approval),
  };
}
