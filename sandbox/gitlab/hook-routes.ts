import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { badParameter, GitlabRefusal, notFound } from './gitlab-refusal.ts';
import { pageOf } from './paging.ts';
import { parseHookInput, toProjectHook, type ProjectHook } from './project-hook.ts';
import type { ProjectState } from './project-state.ts';

/** `/projects/:id/hooks…`. */
export function hookRoutes(): ApiRoute[] {
  const shown = ({ project, now }: ProjectState, hook: ProjectHook) => toProjectHook(hook, project.id, now());

  function hookOf(call: ApiCall): ProjectHook {
    const hook = call.state.hooks.find((candidate) => candidate.id === call.id('hook_id'));
    if (!hook) throw notFound();
    return hook;
  }

  function edit(call: ApiCall): VendorResponse {
    const hook = hookOf(call);
    hook.settings = parseHookInput(call.parameters, hook.settings);
    return { status: 200, body: shown(call.state, hook) };
  }

  function remove(call: ApiCall): VendorResponse {
    const { hooks } = call.state;
    hooks.splice(hooks.indexOf(hookOf(call)), 1);
    return { status: 204 };
  }

  /** A test also switches a disabled hook on again, if it is taken (GitLab docs, "Re-enable disabled webhooks"). */
  async function test(call: ApiCall): Promise<VendorResponse> {
    const hook = hookOf(call);
    const trigger = call.word('trigger');
    if (trigger !== 'pipeline_events' && trigger !== 'job_events')
      throw badParameter(
        'trigger does not have a valid value: this sandbox has pipeline_events and job_events',
      );
    const delivery = await call.state.testHook(hook, trigger);
    if (!delivery) throw new GitlabRefusal(422, { message: 'Ensure the project has CI pipelines.' });
    const status = delivery.statuses.at(-1) ?? 0;
    if (status < 200 || status > 299)
      throw new GitlabRefusal(422, { message: `Hook execution failed: HTTP ${status}` });
    return { status: 201, body: { message: '201 Created' } };
  }

  const all = '/projects/:id/hooks';
  const one = `${all}/:hook_id`;
  const role = 'maintainer';
  return [
    {
      method: 'GET',
      pattern: all,
      role,
      handle: (call) =>
        pageOf(
          call.state.hooks.map((hook) => shown(call.state, hook)),
          call.request,
          call.baseUrl,
        ),
    },
    {
      method: 'POST',
      pattern: all,
      role,
      handle: (call) => ({ status: 201, body: shown(call.state, call.state.addHook(call.parameters)) }),
    },
    {
      method: 'GET',
      pattern: one,
      role,
      handle: (call) => ({ status: 200, body: shown(call.state, hookOf(call)) }),
    },
    { method: 'PUT', pattern: one, role, handle: edit },
    { method: 'DELETE', pattern: one, role, handle: remove },
    { method: 'POST', pattern: `${one}/test/:trigger`, role, handle: test },
  ];
}
