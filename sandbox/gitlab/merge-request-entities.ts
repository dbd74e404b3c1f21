import type { GitlabUser } from './accounts.ts';
import { toPipelineBasic, toUser } from './entities.ts';
import type { MergeRequest } from './merge-request.ts';
import type { Pipeline } from './pipeline.ts';
import { projectUrl, type GitlabProject } from './project.ts';

export function mergeRequestUrl({ iid }: MergeRequest, project: GitlabProject, baseUrl: string): string {
  return `${projectUrl(project, baseUrl)}/-/merge_requests/${iid}`;
}

/** As in lists. */
export function toMergeRequestBasic(mergeRequest: MergeRequest, project: GitlabProject, baseUrl: string) {
  const { id, iid, title, description, state, mergedBy } = mergeRequest;
  const person = (user: GitlabUser | null) => (user ? toUser(user, baseUrl) : null);
  const merger = person(mergedBy);
  return {
    ...{ id, iid, project_id: project.id, title, description, state },
    created_at: mergeRequest.createdAt.toISOString(),
    updated_at: mergeRequest.updatedAt.toISOString(),
    ...{ merged_by: merger, merge_user: merger, merged_at: mergeRequest.mergedAt?.toISOString() ?? null },
    ...{ closed_by: null, closed_at: null },
    target_branch: mergeRequest.targetBranch,
    source_branch: mergeRequest.sourceBranch,
    ...{ user_notes_count: 0, upvotes: 0, downvotes: 0 },
    author: person(mergeRequest.author),
    ...{
      assignees: [],
      assignee: null,
      reviewers: mergeRequest.approvals.map(({ user }) => toUser(user, baseUrl)),
    },
    ...{ source_project_id: project.id, target_project_id: project.id, labels: [] },
    ...{ draft: title.startsWith('Draft:'), imported: false, imported_from: 'none' },
    ...{ work_in_progress: title.startsWith('Draft:'), milestone: null, merge_when_pipeline_succeeds: false },
    merge_status: 'can_be_merged',
    detailed_merge_status: state === 'opened' ? 'mergeable' : 'not_open',
    ...{ merge_after: null, sha: mergeRequest.headSha, merge_commit_sha: mergeRequest.mergeCommitSha },
    squash_commit_sha: mergeRequest.squashCommitSha,
    ...{ discussion_locked: null, should_remove_source_branch: null, force_remove_source_branch: true },
    prepared_at: mergeRequest.createdAt.toISOString(),
    reference: `!${iid}`,
    references: { short: `!${iid}`, relative: `!${iid}`, full: `${project.path}!${iid}` },
    web_url: mergeRequestUrl(mergeRequest, project, baseUrl),
    time_stats: {
      time_estimate: 0,
      total_time_spent: 0,
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    ...{
      squash: mergeRequest.squashCommitSha !== null,
      squash_on_merge: mergeRequest.squashCommitSha !== null,
    },
    task_completion_status: { count: 0, completed_count: 0 },
    ...{ has_conflicts: false, blocking_discussions_resolved: true, approvals_before_merge: null },
  };
}

/** One by itself; `head` is the newest pipeline of its head. */
export function toMergeRequest(
  mergeRequest: MergeRequest,
  project: GitlabProject,
  { baseUrl, head }: { readonly baseUrl: string; readonly head: Pipeline | undefined },
) {
  const pipeline = head ? toPipelineBasic(head, project) : null;
  const { baseSha, headSha } = mergeRequest;
  return {
    ...toMergeRequestBasic(mergeRequest, project, baseUrl),
    ...{
      subscribed: false,
      changes_count: null,
      latest_build_started_at: null,
      latest_build_finished_at: null,
    },
    ...{ first_deployed_to_production_at: null, pipeline, head_pipeline: pipeline },
    diff_refs: { base_sha: baseSha, head_sha: headSha, start_sha: baseSha },
    ...{ merge_error: null, first_contribution: false, user: { can_merge: true } },
  };
}

/** `GET …/approvals`, `POST …/approve` and `…/unapprove`. */
export function toApprovals(
  mergeRequest: MergeRequest,
  project: GitlabProject,
  { user, baseUrl }: { readonly user: GitlabUser; readonly baseUrl: string },
) {
  const { id, iid, title, description, state, approvals } = mergeRequest;
  const left = Math.max(0, project.approvalsRequired - approvals.length);
  return {
    ...{ id, iid, project_id: project.id, title, description, state },
    created_at: mergeRequest.createdAt.toISOString(),
    updated_at: mergeRequest.updatedAt.toISOString(),
    merge_status: 'can_be_merged',
    approved: left === 0,
    ...{ approvals_required: project.approvalsRequired, approvals_left: left },
    ...{ require_password_to_approve: false, require_saml_auth_to_approve: false },
    approved_by: approvals.map((approval) => ({
      user: toUser(approval.user, baseUrl),
      approved_at: approval.at.toISOString(),
    })),
    ...{ suggested_approvers: [], approvers: [], approver_groups: [] },
    user_has_approved: hasApproved(mergeRequest, user),
    user_can_approve: canApprove(mergeRequest, user),
    approval_rules_left:
      left === 0 ? [] : [{ id: ruleId(project), name: 'All Members', rule_type: 'any_approver' }],
    ...{
      has_approval_rules: true,
      merge_request_approvers_available: true,
      multiple_approval_rules_available: true,
    },
  };
}

export function toApprovalState(mergeRequest: MergeRequest, project: GitlabProject, baseUrl: string) {
  const approvers = mergeRequest.approvals.map(({ user }) => toUser(user, baseUrl));
  const rule = {
    ...{
      id: ruleId(project),
      name: 'All Members',
      rule_type: 'any_approver',
      report_type: null,
      section: null,
    },
    ...{ eligible_approvers: [], approvals_required: project.approvalsRequired, users: [], groups: [] },
    ...{ contains_hidden_groups: false, source_rule: null, overridden: false, code_owner: false },
    approved_by: approvers,
    approved: approvers.length >= project.approvalsRequired,
  };
  return { approval_rules_overwritten: false, rules: [rule] };
}

export function hasApproved({ approvals }: MergeRequest, { username }: GitlabUser): boolean {
  return approvals.some(({ user }) => user.username === username);
}

/** The author may not, which is GitLab's default; a committer may. */
export function canApprove(mergeRequest: MergeRequest, user: GitlabUser): boolean {
  return mergeRequest.author.username !== user.username && !hasApproved(mergeRequest, user);
}

const ruleId = (project: GitlabProject) => project.id * 10 + 1;
