import { groups } from './catalogue.ts';
import { ruleOf } from './describe-rule.ts';
import { findingPathOf } from './finding-ids.ts';
import type { HaloIssue } from './model.ts';
import { toIso, toShortIso } from './moments.ts';
import { withoutHyphens } from './scramble.ts';

/** What Halo v1 writes for an id that there is none of. */
const noValue = 'null_value';

/** An element of v1's list: no `updated_at`, `os_type` with a capital, null for what is empty. */
export function toListedIssueV1(issue: HaloIssue, baseUrl: string): object {
  const { asset, resolvedAt } = issue;
  const osType = asset.os === 'linux' ? 'Linux' : 'Windows';
  return {
    ...toCommonFields(issue, baseUrl),
    ...{ os_type: osType, comment: issue.resolutionComment, resolved_by: issue.resolvedBy },
    ...{ policy_name: ruleOf(issue).policy?.name ?? null },
    ...{ resolved_at: resolvedAt === null ? null : toShortIso(resolvedAt) },
  };
}

/** `GET /v1/issues/{id}`, not wrapped: empty texts where the list has null, `os_type` in small letters, and the findings. */
export function toDescribedIssueV1(issue: HaloIssue, baseUrl: string): object {
  return {
    ...toCommonFields(issue, baseUrl),
    ...{
      os_type: issue.asset.os,
      comment: issue.resolutionComment ?? '',
      resolved_by: issue.resolvedBy ?? '',
    },
    ...{ policy_name: ruleOf(issue).policy?.name ?? '' },
    ...{ resolved_at: issue.resolvedAt === null ? null : toShortIso(issue.resolvedAt) },
    updated_at: toIso(issue.updatedAt),
    findings: issue.findings.map((at, k) => ({
      finding: `${baseUrl}${findingPathOf(issue, k)}`,
      ...{ issue_created_at: toShortIso(at), issue_status: 'active' },
    })),
  };
}

function toCommonFields(issue: HaloIssue, baseUrl: string): object {
  const { asset, overlay } = issue;
  const { name, key, policy } = ruleOf(issue);
  const id = withoutHyphens(issue.id);
  const agentId = withoutHyphens(asset.id);
  const policyId = policy ? withoutHyphens(policy.id) : noValue;
  return {
    ...{ id, url: `${baseUrl}/v1/issues/${id}`, name: overlay?.['name'] ?? name },
    ...{ rule_key: overlay?.['rule_key'] ?? key, issue_type: issue.type, status: issue.status },
    ...{ critical: issue.critical, created_at: toIso(issue.createdAt) },
    last_seen_at: toShortIso(issue.lastSeenAt),
    ...{ agent_id: agentId, agent_url: `${baseUrl}/v1/servers/${agentId}` },
    group_id: withoutHyphens(groups[asset.group]?.id ?? ''),
    policy_id: policyId,
    policy_url: policy ? `${baseUrl}/v1/policies/${policyId}` : noValue,
  };
}
