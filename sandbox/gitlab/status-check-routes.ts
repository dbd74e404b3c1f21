import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { badParameter, conflict, GitlabRefusal, notFound } from './gitlab-refusal.ts';
import { toMergeRequest } from './merge-request-entities.ts';
import { mergeRequestEvent } from './merge-request-event.ts';
import { mergeRequestOf } from './merge-request-routes.ts';
import { pageOf } from './paging.ts';
import type { StatusCheck } from './status-checks.ts';

/** External status checks of a merge request (GitLab docs, "External status checks API"; not in its OpenAPI document). */
export function statusCheckRoutes(): ApiRoute[] {
  function checkOf(call: ApiCall, id: unknown): StatusCheck {
    const check = call.state.statusChecks.all.find((candidate) => candidate.id === Number(id));
    if (!check) throw notFound();
    return check;
  }

  function list(call: ApiCall): VendorResponse {
    const { statusChecks } = call.state;
    const mergeRequest = mergeRequestOf(call);
    const entities = statusChecks.all.map((check) => ({
      ...{ id: check.id, name: check.name, external_url: check.externalUrl },
      status: statusChecks.statusOf(check, mergeRequest),
    }));
    return pageOf(entities, call.request, call.baseUrl);
  }

  function respond(call: ApiCall): VendorResponse {
    const { sha, external_status_check_id: checkId, status = 'passed' } = call.parameters;
    const mergeRequest = mergeRequestOf(call);
    if (sha === undefined) throw badParameter('sha is missing');
    if (checkId === undefined) throw badParameter('external_status_check_id is missing');
    if (status !== 'passed' && status !== 'failed' && status !== 'pending')
      throw badParameter('status does not have a valid value');
    const check = checkOf(call, checkId);
    if (sha !== mergeRequest.headSha)
      throw conflict(`SHA does not match HEAD of source branch: ${mergeRequest.headSha}`);
    const id = call.state.statusChecks.respond(check, mergeRequest, status);
    const shown = toMergeRequest(mergeRequest, call.state.project, {
      baseUrl: call.baseUrl,
      head: undefined,
    });
    return {
      status: 201,
      body: { id, merge_request: shown, external_status_check: toStatusCheck(check, call) },
    };
  }

  function retry(call: ApiCall): VendorResponse {
    const { state, user, baseUrl } = call;
    const mergeRequest = mergeRequestOf(call);
    const check = checkOf(call, call.id('check_id'));
    if (state.statusChecks.statusOf(check, mergeRequest) !== 'failed')
      throw new GitlabRefusal(422, { message: 'External status check must be failed' });
    const event = mergeRequestEvent(state, mergeRequest, { action: 'update', user, baseUrl });
    void state.statusChecks.ask(check, mergeRequest, event);
    return { status: 202, body: { message: '202 Accepted' } };
  }

  const services = (call: ApiCall) =>
    pageOf(
      call.state.statusChecks.all.map((check) => toStatusCheck(check, call)),
      call.request,
      call.baseUrl,
    );

  const one = '/projects/:id/merge_requests/:merge_request_iid';
  return [
    { method: 'GET', pattern: '/projects/:id/external_status_checks', role: 'maintainer', handle: services },
    { method: 'GET', pattern: `${one}/status_checks`, role: 'reporter', handle: list },
    { method: 'POST', pattern: `${one}/status_check_responses`, role: 'developer', handle: respond },
    { method: 'POST', pattern: `${one}/status_checks/:check_id/retry`, role: 'developer', handle: retry },
  ];
}

function toStatusCheck({ id, name, externalUrl, sharedSecret }: StatusCheck, { state }: ApiCall) {
  const project = { id, name, project_id: state.project.id, external_url: externalUrl };
  return { ...project, hmac: sharedSecret !== undefined, protected_branches: [] };
}
