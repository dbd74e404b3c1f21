import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { toPipeline, toPipelineBasic } from './entities.ts';
import { notFound } from './gitlab-refusal.ts';
import { pageOf } from './paging.ts';
import { selectPipelines } from './pipeline-filter.ts';
import { parsePipelineRequest } from './pipeline-request.ts';
import { latestJobs, type Pipeline } from './pipeline.ts';

/** `/projects/:id/pipeline` and `/projects/:id/pipelines/…`. */
export function pipelineRoutes(): ApiRoute[] {
  const pipelineOf = (call: ApiCall) => call.state.store.pipeline(call.id('pipeline_id'));
  const shown = (call: ApiCall, status: number, pipeline: Pipeline): VendorResponse => ({
    status,
    body: toPipeline(pipeline, call.state.project),
  });
  const withName = (call: ApiCall, pipeline: Pipeline): VendorResponse => ({
    status: 200,
    body: { ...toPipeline(pipeline, call.state.project), name: pipeline.name },
  });

  function create(call: ApiCall): VendorResponse {
    const { store, scheduler, repository } = call.state;
    const pipeline = store.create(parsePipelineRequest(call.parameters, repository), call.user, call.baseUrl);
    const answer = shown(call, 201, pipeline);
    scheduler.advance(pipeline);
    return answer;
  }

  function list(call: ApiCall): VendorResponse {
    const { store, project } = call.state;
    const chosen = selectPipelines(store.pipelines, call.request.query);
    const entities = chosen.map((pipeline) => ({
      ...toPipelineBasic(pipeline, project),
      name: pipeline.name,
    }));
    return pageOf(entities, call.request, call.baseUrl);
  }

  function latest(call: ApiCall): VendorResponse {
    const { store, project } = call.state;
    const ref = call.request.query.get('ref') ?? project.defaultBranch;
    const pipeline = store.pipelines.findLast((candidate) => candidate.ref === ref);
    if (!pipeline) throw notFound('Pipeline');
    return withName(call, pipeline);
  }

  function cancel(call: ApiCall): VendorResponse {
    const pipeline = pipelineOf(call);
    call.state.scheduler.cancelAll(pipeline);
    return shown(call, 200, pipeline);
  }

  function retry(call: ApiCall): VendorResponse {
    const { store, scheduler } = call.state;
    const pipeline = pipelineOf(call);
    const unsuccessful = latestJobs(pipeline).filter(
      ({ status }) => status === 'failed' || status === 'canceled',
    );
    for (const job of unsuccessful) store.repeat(job, call.user);
    if (unsuccessful.length > 0) scheduler.resume(pipeline);
    return shown(call, 201, pipeline);
  }

  const one = '/projects/:id/pipelines/:pipeline_id';
  return [
    { method: 'POST', pattern: '/projects/:id/pipeline', role: 'developer', handle: create },
    { method: 'GET', pattern: '/projects/:id/pipelines', role: 'reporter', handle: list },
    { method: 'GET', pattern: '/projects/:id/pipelines/latest', role: 'reporter', handle: latest },
    { method: 'GET', pattern: one, role: 'reporter', handle: (call) => withName(call, pipelineOf(call)) },
    {
      method: 'GET',
      pattern: `${one}/variables`,
      role: 'developer',
      handle: (call) => ({
        status: 200,
        body: pipelineOf(call).variables.map((variable) => ({ ...variable, raw: false })),
      }),
    },
    { method: 'POST', pattern: `${one}/cancel`, role: 'developer', handle: cancel },
    { method: 'POST', pattern: `${one}/retry`, role: 'developer', handle: retry },
  ];
}
