import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { toJob } from './entities.ts';
import { forbidden } from './gitlab-refusal.ts';
import { pageOf } from './paging.ts';
import { isFinal, latestJobs, type Job } from './pipeline.ts';
import type { ProjectState } from './project-state.ts';

/** `/projects/:id/jobs/…` and the jobs of a pipeline. */
export function jobRoutes(state: () => ProjectState): ApiRoute[] {
  const jobOf = (call: ApiCall) => state().store.job(call.id('job_id'));
  const shown = (status: number, job: Job): VendorResponse => ({ status, body: toJob(job, state().project) });

  /** Newest first, and without retried ones unless `include_retried`. */
  function page(call: ApiCall, jobs: readonly Job[]): VendorResponse {
    const scopes = [...call.request.query.getAll('scope[]'), ...call.request.query.getAll('scope')];
    const chosen = jobs.filter((job) => scopes.length === 0 || scopes.includes(job.status));
    const entities = chosen.map((job) => toJob(job, state().project)).reverse();
    return pageOf(entities, call.request, call.baseUrl);
  }

  function ofPipeline(call: ApiCall): VendorResponse {
    const pipeline = state().store.pipeline(call.id('pipeline_id'));
    const all = call.request.query.get('include_retried') === 'true';
    return page(call, all ? pipeline.jobs : latestJobs(pipeline));
  }

  function cancel(call: ApiCall): VendorResponse {
    const job = jobOf(call);
    state().scheduler.cancel(job);
    return shown(201, job);
  }

  function retry(call: ApiCall): VendorResponse {
    const job = jobOf(call);
    if (!isFinal(job.status) || job.retried) throw forbidden('Job is not retryable');
    const again = state().store.repeat(job, call.user);
    const answer = shown(201, again);
    state().scheduler.resume(job.pipeline);
    return answer;
  }

  function trace(call: ApiCall): VendorResponse {
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: jobOf(call).trace };
  }

  const one = '/projects/:id/jobs/:job_id';
  const inPipeline = '/projects/:id/pipelines/:pipeline_id/jobs';
  const all = (call: ApiCall) =>
    page(
      call,
      state().store.pipelines.flatMap((pipeline) => pipeline.jobs),
    );
  return [
    { method: 'GET', pattern: inPipeline, role: 'reporter', handle: ofPipeline },
    { method: 'GET', pattern: '/projects/:id/jobs', role: 'reporter', handle: all },
    { method: 'GET', pattern: one, role: 'reporter', handle: (call) => shown(200, jobOf(call)) },
    { method: 'GET', pattern: `${one}/trace`, role: 'reporter', handle: trace },
    { method: 'POST', pattern: `${one}/cancel`, role: 'developer', handle: cancel },
    { method: 'POST', pattern: `${one}/retry`, role: 'developer', handle: retry },
  ];
}
