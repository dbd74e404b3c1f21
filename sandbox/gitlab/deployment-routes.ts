import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { deploymentsOf, environmentsOf, toDeployment, toEnvironment } from './deployment.ts';
import { notFound } from './gitlab-refusal.ts';
import { pageOf } from './paging.ts';
import { accessLevels } from './project.ts';

/** `/projects/:id/{deployments,environments,protected_environments}`, for reading. */
export function deploymentRoutes(): ApiRoute[] {
  function list(call: ApiCall): VendorResponse {
    const { query } = call.request;
    const entities = deploymentsOf(call.state.store.pipelines).map((one) =>
      toDeployment(one, call.state.project),
    );
    const wanted = (name: string, value: string) => (query.get(name) ?? value) === value;
    const chosen = entities.filter(
      ({ status, environment }) => wanted('status', status) && wanted('environment', environment.name),
    );
    const ordered = query.get('sort') === 'desc' ? chosen.reverse() : chosen;
    return pageOf(ordered, call.request, call.baseUrl);
  }

  function show(call: ApiCall): VendorResponse {
    const id = call.id('deployment_id');
    const found = deploymentsOf(call.state.store.pipelines).find((deployment) => deployment.id === id);
    if (!found) throw notFound();
    const approval = { pending_approval_count: 0, approvals: [], approval_summary: { rules: [] } };
    return { status: 200, body: { ...toDeployment(found, call.state.project), ...approval } };
  }

  function environments(call: ApiCall): VendorResponse {
    const name = call.request.query.get('name');
    const names = environmentsOf(call.state.store.pipelines).filter((one) => name === null || one === name);
    return pageOf(
      names.map((one) => toEnvironment(one, call.state.project)),
      call.request,
      call.baseUrl,
    );
  }

  const protectedOnes = (call: ApiCall) =>
    Object.entries(call.state.project.protectedEnvironments).map(([name, role], index) => ({
      name,
      deploy_access_levels: [
        {
          ...{
            id: index + 1,
            access_level: accessLevels[role],
            access_level_description: `${capital(role)}s`,
          },
          ...{ user_id: null, group_id: null, group_inheritance_type: 0 },
        },
      ],
      ...{ required_approval_count: 0, approval_rules: [] },
    }));

  function protectedOne(call: ApiCall): VendorResponse {
    const found = protectedOnes(call).find(({ name }) => name === call.word('name'));
    if (!found) throw notFound();
    return { status: 200, body: found };
  }

  const read = (path: string, handle: (call: ApiCall) => VendorResponse): ApiRoute => ({
    ...{ method: 'GET', pattern: `/projects/:id/${path}`, role: 'reporter', handle },
  });
  return [
    read('deployments', list),
    read('deployments/:deployment_id', show),
    read('environments', environments),
    read('protected_environments', (call) => pageOf(protectedOnes(call), call.request, call.baseUrl)),
    read('protected_environments/:name', protectedOne),
  ];
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
