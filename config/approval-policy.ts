import type { ApprovalPolicy } from '../workflows/approval/messages.ts';
import { digestOf } from './canonical-json.ts';
import type { Config } from './parse-config.ts';

/** @throws Error when there is no such approval */
export function toApprovalPolicy(config: Pick<Config, 'approvals'>, name: string): ApprovalPolicy {
  const approval = config.approvals[name];
  if (!approval) throw new Error(`no approval "${name}" in the configuration`);
  const { workingHours = null, override = null, ...rest } = approval;
  const rules = { ...rest, name, workingHours, override };
  return { ...rules, digest: digestOf(rules) };
}

/** Every group that a policy names: those whose membership an envelope attests. */
export function groupsOf({ quorum, override }: Pick<ApprovalPolicy, 'quorum' | 'override'>): string[] {
  const named = [
    ...quorum.map(({ group }) => group),
    ...(override ? [override.group, override.reviewers] : []),
  ];
  return [...new Set(named)];
}
