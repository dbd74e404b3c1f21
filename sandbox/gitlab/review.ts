import type { GitlabUser } from './accounts.ts';
import { conflict, notFound, unauthorized } from './gitlab-refusal.ts';
import { canApprove, hasApproved } from './merge-request-entities.ts';
import { mergeRequestEvent, type MergeRequestHappening } from './merge-request-event.ts';
import type { MergeRequest } from './merge-request.ts';
import type { ProjectState } from './project-state.ts';

interface Reviewer {
  readonly user: GitlabUser;
  readonly baseUrl: string;
}

/** Tells the hooks and the external status checks of it. */
export function announce(
  state: ProjectState,
  mergeRequest: MergeRequest,
  happening: MergeRequestHappening,
): void {
  const event = mergeRequestEvent(state, mergeRequest, happening);
  state.publish('merge_requests_events', happening.baseUrl, () => event);
  for (const check of state.statusChecks.all) void state.statusChecks.ask(check, mergeRequest, event);
}

/** @throws GitlabRefusal 401 who may not approve, or has; 409 another head than the one that was reviewed */
export function approve(
  state: ProjectState,
  mergeRequest: MergeRequest,
  { user, baseUrl, sha }: Reviewer & { readonly sha?: string | undefined },
): void {
  if (!canApprove(mergeRequest, user) || mergeRequest.state === 'closed') throw unauthorized();
  if (sha !== undefined && sha !== mergeRequest.headSha)
    throw conflict(`SHA does not match HEAD of source branch: ${mergeRequest.headSha}`);
  const at = state.now();
  mergeRequest.approvals.push({ user, at, sha: mergeRequest.headSha });
  mergeRequest.updatedAt = at;
  state.mergeRequests.note(mergeRequest, {
    at,
    user,
    action: 'approved',
    text: 'approved this merge request',
  });
  const met = mergeRequest.approvals.length === Math.max(1, state.project.approvalsRequired);
  announce(state, mergeRequest, { action: met ? 'approved' : 'approval', user, baseUrl });
}

/** @throws GitlabRefusal 404 who has not approved */
export function unapprove(
  state: ProjectState,
  mergeRequest: MergeRequest,
  { user, baseUrl }: Reviewer,
): void {
  if (!hasApproved(mergeRequest, user)) throw notFound();
  const at = state.now();
  const met = mergeRequest.approvals.length === Math.max(1, state.project.approvalsRequired);
  mergeRequest.approvals = mergeRequest.approvals.filter(
    (approval) => approval.user.username !== user.username,
  );
  mergeRequest.updatedAt = at;
  state.mergeRequests.note(mergeRequest, {
    at,
    user,
    action: 'unapproved',
    text: 'unapproved this merge request',
  });
  announce(state, mergeRequest, { action: met ? 'unapproved' : 'unapproval', user, baseUrl });
}
