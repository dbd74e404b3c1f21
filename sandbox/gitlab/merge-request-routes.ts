import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { toCommit } from './commit-entities.ts';
import { toPipelineBasic } from './entities.ts';
import { notFound } from './gitlab-refusal.ts';
import {
  toApprovals,
  toApprovalState,
  toMergeRequest,
  toMergeRequestBasic,
} from './merge-request-entities.ts';
import { selectMergeRequests } from './merge-request-filter.ts';
import type { MergeRequest } from './merge-request.ts';
import { pageOf } from './paging.ts';
import type { Role } from './project.ts';
import { approve, unapprove } from './review.ts';

/** The merge request that the path names. @throws GitlabRefusal 404 */
export function mergeRequestOf(call: ApiCall): MergeRequest {
  const found = call.state.mergeRequests.find(call.id('merge_request_iid'));
  if (!found) throw notFound();
  return found;
}

/** `/projects/:id/merge_requests…`. Whoever sees the project may approve but the author, as where a rule names the group. */
export function mergeRequestRoutes(): ApiRoute[] {
  const ok = (body: object, status = 200): VendorResponse => ({ status, body });
  const pipelinesOf = (call: ApiCall, { headSha }: MergeRequest) =>
    call.state.store.pipelines.filter(({ sha }) => sha === headSha);

  function list(call: ApiCall): VendorResponse {
    const { mergeRequests, project } = call.state;
    const chosen = selectMergeRequests(mergeRequests.all, call.request.query);
    const entities = chosen.map((one) => toMergeRequestBasic(one, project, call.baseUrl));
    return pageOf(entities, call.request, call.baseUrl);
  }

  function show(call: ApiCall): VendorResponse {
    const mergeRequest = mergeRequestOf(call);
    const head = pipelinesOf(call, mergeRequest).at(-1);
    return ok(toMergeRequest(mergeRequest, call.state.project, { baseUrl: call.baseUrl, head }));
  }

  /** Newest first, as GitLab has them. */
  function commits(call: ApiCall): VendorResponse {
    const { repository, project } = call.state;
    const found = mergeRequestOf(call)
      .commits.toReversed()
      .map((sha) => repository.find(sha));
    const entities = found.flatMap((commit) => (commit ? [toCommit(commit, project, call.baseUrl)] : []));
    return pageOf(entities, call.request, call.baseUrl);
  }

  const pipelines = (call: ApiCall) =>
    ok(
      pipelinesOf(call, mergeRequestOf(call)).map((pipeline) =>
        toPipelineBasic(pipeline, call.state.project),
      ),
    );
  const approvals = (call: ApiCall, status = 200) =>
    ok(toApprovals(mergeRequestOf(call), call.state.project, call), status);

  function review(act: typeof approve) {
    return (call: ApiCall): VendorResponse => {
      const { sha } = call.parameters;
      act(call.state, mergeRequestOf(call), {
        ...{ user: call.user, baseUrl: call.baseUrl },
        sha: sha as string | undefined,
      });
      return approvals(call, 201);
    };
  }

  const all = '/projects/:id/merge_requests';
  const one = `${all}/:merge_request_iid`;
  const route = (
    method: 'GET' | 'POST',
    pattern: string,
    handle: (call: ApiCall) => VendorResponse,
  ): ApiRoute => {
    const role: Role = 'reporter';
    return { method, pattern, role, handle };
  };
  return [
    route('GET', all, list),
    route('GET', one, show),
    route('GET', `${one}/commits`, commits),
    route('GET', `${one}/pipelines`, pipelines),
    route('GET', `${one}/approvals`, (call) => approvals(call)),
    route('GET', `${one}/approval_state`, (call) =>
      ok(toApprovalState(mergeRequestOf(call), call.state.project, call.baseUrl)),
    ),
    route('POST', `${one}/approve`, review(approve)),
    route('POST', `${one}/unapprove`, review(unapprove)),
  ];
}
