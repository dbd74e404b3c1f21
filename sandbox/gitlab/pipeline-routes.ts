import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { toPipeline, toPipelineBasic } from './entities.ts';
import { notFound } from './gitlab-refusal.ts';
import { pageOf } from './paging.ts';
import { selectPipelines } from './pipeline-filter.ts';
import { parsePipelineRequest } from './pipeline-request.ts';
import { latestJobs, type Pipeline } from './pipeline.ts';
import type { ProjectState } from './project-state.ts';

/** `/projects/:id/pipeline` and `/projects/:id/pipelines/…`. */
export function pipelineRoutes(state: () => ProjectState): ApiRoute[] {
  const pipelineOf = (call: ApiCall) => state().store.pipeline(call.id('pipeline_id'));
  const shown = (status: number, pipeline: Pipeline): VendorResponse => ({
    status,
    body: toPipeline(pipeline, state().project),
  });
  const withName = (pipeline: Pipeline): VendorResponse => ({
    status: 200,
    body: { ...toPipeline(pipeline, state().project), name: pipeline.name },
  });

  function create(call: ApiCall): VendorResponse {
    const { store, scheduler, project } = state();
    const pipeline = store.create(parsePipelineRequest(call.parameters, project), call.user, call.baseUrl);
    const answer = shown(201, pipeline);
    scheduler.advance(pipeline);
    return answer;
  }

  function list(call: ApiCall): VendorResponse {
    const { store, project } = state();
    const chosen = selectPipelines(store.pipelines, call.request.query);
    const entities = chosen.map((pipeline) => ({
      ...toPipelineBasic(pipeline, project),
      name: pipeline.name,
    }));
    return pageOf(entities, call.request, call.baseUrl);
  }

  function latest(call: ApiCall): VendorResponse {
    const { store, project } = state();
    const ref = call.request.query.get('ref') ?? project.branches[0];
    const pipeline = store.pipelines.findLast((candidate) => candidate.ref === ref);
    if (!pipeline) throw notFound('Pipeline');
    return withName(pipeline);
  }

  function cancel(call: ApiCall): VendorResponse {
    const pipeline = pipelineOf(call);
    state().scheduler.cancelAll(pipeline);
    return shown(200, pipeline);
  }

  function retry(call: ApiCall): VendorResponse {
    const { store, scheduler } = state();
    const pipeline = pipelineOf(call);
    const unsuccessful = latestJobs(pipeline).filter(
      ({ status }) => status === 'failed' || status === 'canceled',
    );
    for (const job of unsuccessful) store.repeat(job, call.user);
    if (unsuccessful.length > 0) scheduler.resume(pipeline);
    return shown(201, pipeline);
  }

  const one = '/projects/:id/pipelines/:pipeline_id';
  return [
    { method: 'POST', pattern: '/projects/:id/pipeline', role: 'developer', handle: create },
    { method: 'GET', pattern: '/projects/:id/pipelines', role: 'reporter', handle: list },
    { method: 'GET', pattern: '/projects/:id/pipelines/latest', role: 'reporter', handle: latest },
    { method: 'GET', pattern: one, role: 'reporter', handle: (call) => withName(pipelineOf(call)) },
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
