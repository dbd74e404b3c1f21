import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { accountRoutes } from './account-routes.ts';
import { createAccounts } from './accounts.ts';
import { createApiRouter } from './api-router.ts';
import type { CiDefinition, JobRunner } from './ci-definition.ts';
import { gitlabControls } from './gitlab-controls.ts';
import { GitlabRefusal, unauthorized } from './gitlab-refusal.ts';
import { hookRoutes } from './hook-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import type { HookInput } from './project-hook.ts';
import { createProjectState } from './project-state.ts';
import { agentPromotionProject, type GitlabProject, type Role } from './project.ts';
import { webPage } from './web-pages.ts';
import type { DeliveryOptions } from './webhook-delivery.ts';

export interface GitlabVendorOptions {
  readonly people: readonly SandboxPerson[];
  /** The project access token; its user is a bot of the project. */
  readonly projectToken: string;
  /** Pipelines need `developer`, hooks need `maintainer`. */
  readonly projectTokenRole?: Role;
  readonly project?: GitlabProject;
  readonly ci: CiDefinition;
  readonly jobRunner: JobRunner;
  /** Webhooks that exist from the start and after each reset. */
  readonly hooks?: readonly HookInput[];
  readonly webhookDelivery?: DeliveryOptions;
  readonly now?: () => Date;
}

/**
 * GitLab with one project: REST v4 pipelines, jobs and hooks, a runner, signed webhooks and the pages behind `web_url`.
 * Seed: `{hooks: [HookInput]}`. Controls: see gitlabControls.
 */
export function createGitlabVendor(options: GitlabVendorOptions): Vendor {
  const { project = agentPromotionProject, now = () => new Date(), hooks = [] } = options;
  const { ci, jobRunner, webhookDelivery: delivery = {} } = options;
  if (ci.jobs.length === 0) throw new Error('ci.jobs: give at least one job, or a pipeline never ends');
  const fresh = () => createProjectState({ project, ci, jobRunner, hooks, delivery, now });
  const projectToken = { token: options.projectToken, role: options.projectTokenRole ?? 'developer' };
  const accounts = createAccounts(options.people, project, projectToken);
  let state = fresh();
  const current = () => state;
  const routes = [accountRoutes, pipelineRoutes, jobRoutes, hookRoutes].flatMap((make) => make(current));
  const route = createApiRouter(project, routes);

  async function handle(request: VendorRequest): Promise<VendorResponse> {
    const page = request.method === 'GET' ? webPage(request.path, project, state.store) : undefined;
    if (page) return page;
    try {
      const user = accounts.userOf(request);
      if (!user) throw unauthorized();
      return await route(request, user, `http://${request.headers.host ?? '127.0.0.1'}`);
    } catch (error) {
      if (error instanceof GitlabRefusal) return { status: error.status, body: error.body };
      throw error;
    }
  }

  return {
    name: 'gitlab',
    actor: (request) => accounts.userOf(request)?.username,
    handle,
    async reset() {
      const before = state;
      state = fresh();
      await before.stop();
    },
    seed(fixtures) {
      const { hooks: seeded = [] } = fixtures as { hooks?: readonly unknown[] };
      return { hooks: seeded.map((input) => ({ id: state.addHook(input).id })) };
    },
    controls: gitlabControls(current),
    stop: () => state.stop(),
  };
}
