import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { toJob } from './entities.ts';
import { hasRole } from './accounts.ts';
import { badRequest, forbidden, notFound } from './gitlab-refusal.ts';
import { pageOf } from './paging.ts';
import { isFinal, latestJobs, type Job } from './pipeline.ts';

/** `/projects/:id/jobs/…` and the jobs of a pipeline. */
export function jobRoutes(): ApiRoute[] {
  const jobOf = (call: ApiCall) => call.state.store.job(call.id('job_id'));
  const shown = (call: ApiCall, status: number, job: Job): VendorResponse => ({
    status,
    body: toJob(job, call.state.project),
  });

  /** Newest first, and without retried ones unless `include_retried`. */
  function page(call: ApiCall, jobs: readonly Job[]): VendorResponse {
    const scopes = [...call.request.query.getAll('scope[]'), ...call.request.query.getAll('scope')];
    const chosen = jobs.filter((job) => scopes.length === 0 || scopes.includes(job.status));
    const entities = chosen.map((job) => toJob(job, call.state.project)).reverse();
    return pageOf(entities, call.request, call.baseUrl);
  }

  function ofPipeline(call: ApiCall): VendorResponse {
    const pipeline = call.state.store.pipeline(call.id('pipeline_id'));
    const all = call.request.query.get('include_retried') === 'true';
    return page(call, all ? pipeline.jobs : latestJobs(pipeline));
  }

  function cancel(call: ApiCall): VendorResponse {
    const job = jobOf(call);
    call.state.scheduler.cancel(job);
    return shown(call, 201, job);
  }

  function retry(call: ApiCall): VendorResponse {
    const job = jobOf(call);
    if (!isFinal(job.status) || job.retried) throw forbidden('Job is not retryable');
    const again = call.state.store.repeat(job, call.user);
    const answer = shown(call, 201, again);
    call.state.scheduler.resume(job.pipeline);
    return answer;
  }

  /** A job that has ended is playable too: a newer one takes its place, a second deployment (`Ci::Build#playable?`). */
  function play(call: ApiCall): VendorResponse {
    const job = jobOf(call);
    const { environment = '', manual } = job.definition;
    const needed = call.state.project.protectedEnvironments[environment] ?? 'developer';
    if (!hasRole(call.user, call.state.project, needed)) throw forbidden();
    const ended = isFinal(job.status) && job.status !== 'skipped' && !job.retried;
    if (!manual || (job.status !== 'manual' && !ended)) throw badRequest('Unplayable Job');
    const played = ended ? call.state.store.repeat(job, call.user) : job;
    played.user = call.user;
    call.state.scheduler.play(played);
    return shown(call, 200, played);
  }

  function artifact(call: ApiCall): VendorResponse {
    const content = jobOf(call).artifacts[call.word('path')];
    if (content === undefined) throw notFound();
    const type = call.word('path').endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return { status: 200, headers: { 'content-type': type }, body: content };
  }

  function trace(call: ApiCall): VendorResponse {
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: jobOf(call).trace };
  }

  const one = '/projects/:id/jobs/:job_id';
  const inPipeline = '/projects/:id/pipelines/:pipeline_id/jobs';
  const all = (call: ApiCall) =>
    page(
      call,
      call.state.store.pipelines.flatMap((pipeline) => pipeline.jobs),
    );
  return [
    { method: 'GET', pattern: inPipeline, role: 'reporter', handle: ofPipeline },
    { method: 'GET', pattern: '/projects/:id/jobs', role: 'reporter', handle: all },
    { method: 'GET', pattern: one, role: 'reporter', handle: (call) => shown(call, 200, jobOf(call)) },
    { method: 'GET', pattern: `${one}/trace`, role: 'reporter', handle: trace },
    { method: 'GET', pattern: `${one}/artifacts/:path*`, role: 'reporter', handle: artifact },
    { method: 'POST', pattern: `${one}/play`, role: 'developer', handle: play },
    { method: 'POST', pattern: `${one}/cancel`, role: 'developer', handle: cancel },
    { method: 'POST', pattern: `${one}/retry`, role: 'developer', handle: retry },
  ];
}
