import type { ChangePolicy } from '../workflows/change-approval/messages.ts';
import type { InspectionPolicy } from '../workflows/change-inspection/messages.ts';
import { parseChangeApprovalId } from '../workflows/shared/names.ts';
import { toApprovalPolicy } from './approval-policy.ts';
import { digestOf } from './canonical-json.ts';
import type { Config } from './parse-config.ts';
import { runLinkBase } from './promotion-policy.ts';

/** The rules that a change of this environment takes along as input. @returns undefined: the environment is not controlled (C-3) */
export function toChangePolicy(config: Config, environment: string): ChangePolicy | undefined {
  const { change } = config.processes;
  const name =
    change && Object.hasOwn(change.environments, environment) ? change.environments[environment] : undefined;
  if (!change || name === undefined) return undefined;
  const policy = change.policies[name];
  if (!policy) throw new Error(`no change policy "${name}" in the configuration`);
  const { approval, planApproval = approval, review, bots, versionFiles, ...rest } = policy;
  const rules = {
    ...rest,
    name,
    environment,
    site: change.site,
    approval: toApprovalPolicy(config, approval),
    planApproval: toApprovalPolicy(config, planApproval),
    review: { mode: review, bots, versionFiles },
    freezes: config.freeze !== undefined,
    runLinkBase: runLinkBase(config),
  };
  return { ...rules, digest: digestOf(rules) };
}

/** What the workflow with this id may work under, by the environment in its id. */
export function changePolicyFor(config: Config, workflowId: string): ChangePolicy | undefined {
  const id = parseChangeApprovalId(workflowId);
  return id && toChangePolicy(config, id.environment);
}

/** @returns undefined: no inspections are configured */
export function toInspectionPolicy(config: Config): InspectionPolicy | undefined {
  const { change } = config.processes;
  if (!change?.inspection) return undefined;
  const { approval, switchOnApproval, ...rest } = change.inspection;
  const rules = {
    ...rest,
    name: 'inspection',
    site: change.site,
    approval: toApprovalPolicy(config, approval),
    switchOnApproval: toApprovalPolicy(config, switchOnApproval),
    heartbeatSeconds: 10,
    runLinkBase: runLinkBase(config),
  };
  return { ...rules, digest: digestOf(rules) };
}
