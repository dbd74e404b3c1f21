import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { accountRoutes } from './account-routes.ts';
import { createAccounts } from './accounts.ts';
import { createApiRouter } from './api-router.ts';
import { changeControls } from './change-controls.ts';
import type { CiDefinition, JobRunner } from './ci-definition.ts';
import { commitRoutes } from './commit-routes.ts';
import { commitStatusRoutes } from './commit-status-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { findingRoutes } from './finding-routes.ts';
import { gitlabControls } from './gitlab-controls.ts';
import { GitlabRefusal, unauthorized } from './gitlab-refusal.ts';
import { createGitlabWorld, type ServedProject } from './gitlab-world.ts';
import { answerGraphql } from './graphql/graphql-endpoint.ts';
import { hookRoutes } from './hook-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { mergeRequestRoutes } from './merge-request-routes.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import type { HookInput } from './project-hook.ts';
import { agentPromotionProject, shopWebProject, type Role } from './project.ts';
import { readCiDefinition } from './read-ci-definition.ts';
import { plant, Seed } from './seed.ts';
import { statusCheckRoutes } from './status-check-routes.ts';
import { webPage } from './web-pages.ts';
import type { DeliveryOptions } from './webhook-delivery.ts';

const shopWebCi = readCiDefinition(fileURLToPath(new URL('./shop-web.gitlab-ci.yml', import.meta.url)));

export interface GitlabVendorOptions {
  readonly people: readonly SandboxPerson[];
  /** The access token of `devops/agent-promotion`; its user is a bot of that project. */
  readonly projectToken: string;
  /** Pipelines need `developer`, hooks need `maintainer`. */
  readonly projectTokenRole?: Role;
  /** Of `devops/agent-promotion`. */
  readonly ci: CiDefinition;
  readonly jobRunner: JobRunner;
  /** Webhooks of `devops/agent-promotion` that exist from the start and after each reset. */
  readonly hooks?: readonly HookInput[];
  /** Those of `shop/web`; default: the same addresses and tokens with every event. */
  readonly shopHooks?: readonly HookInput[];
  readonly webhookDelivery?: DeliveryOptions;
  readonly now?: () => Date;
}

const everyEvent = {
  ...{ pipeline_events: true, job_events: true, deployment_events: true },
  ...{ merge_requests_events: true, push_events: true },
};

/**
 * GitLab with two projects: `devops/agent-promotion`, whose jobs really run, and `shop/web` with a history, merge requests, scans and a
 * manual deploy job, whose jobs are scripted. REST v4, a little GraphQL, OpenID discovery for ID tokens, signed webhooks and the pages
 * behind `web_url`. Seed: see seed.ts. Controls: see gitlabControls and changeControls.
 */
export function createGitlabVendor(options: GitlabVendorOptions): Vendor {
  const { now = () => new Date(), hooks = [], webhookDelivery: delivery = {}, ci, jobRunner } = options;
  if (ci.jobs.length === 0) throw new Error('ci.jobs: give at least one job, or a pipeline never ends');
  const { shopHooks = hooks.map((hook) => ({ ...hook, ...everyEvent })) } = options;
  const served: ServedProject[] = [
    { project: agentPromotionProject, ci, jobRunner, hooks },
    { project: shopWebProject, ci: shopWebCi, hooks: shopHooks },
  ];
  const projectToken = { token: options.projectToken, role: options.projectTokenRole ?? 'developer' };
  const accounts = createAccounts(options.people, [agentPromotionProject, shopWebProject], projectToken);
  const fresh = () => createGitlabWorld({ served, accounts, delivery, now });
  let world = fresh();
  let server: http.Server | undefined;
  const selfUrl = () =>
    `http://127.0.0.1:${(server?.address() as AddressInfo | null | undefined)?.port ?? 0}`;
  const routes = [
    ...[accountRoutes, pipelineRoutes, jobRoutes, hookRoutes, deploymentRoutes, findingRoutes],
    ...[commitRoutes, commitStatusRoutes, mergeRequestRoutes, statusCheckRoutes],
  ].flatMap((make) => make());
  const route = createApiRouter(() => world.projects, routes);

  async function open(request: VendorRequest, baseUrl: string): Promise<VendorResponse | undefined> {
    const { idTokens, projects } = world;
    if (request.method === 'POST' && request.path === '/api/graphql')
      return answerGraphql(request, projects, accounts.userOf(request));
    if (request.method !== 'GET') return undefined;
    if (request.path === '/.well-known/openid-configuration')
      return { status: 200, body: idTokens.configuration(baseUrl) };
    if (request.path === '/oauth/discovery/keys') return { status: 200, body: await idTokens.keys() };
    return projects.map((state) => webPage(request.path, state)).find((page) => page !== undefined);
  }

  async function handle(request: VendorRequest): Promise<VendorResponse> {
    const baseUrl = `http://${request.headers.host ?? '127.0.0.1'}`;
    const answered = await open(request, baseUrl);
    if (answered) return answered;
    try {
      const user = accounts.userOf(request);
      if (!user) throw unauthorized();
      return await route(request, user, baseUrl);
    } catch (error) {
      if (error instanceof GitlabRefusal) return { status: error.status, body: error.body };
      throw error;
    }
  }

  return {
    name: 'gitlab',
    actor: (request) => accounts.userOf(request)?.username,
    handle,
    attach: (listening) => void (server = listening),
    async reset() {
      const before = world;
      world = fresh();
      await before.stop();
    },
    seed(fixtures) {
      const { project, hooks: seeded, ...seed } = Seed.parse(fixtures);
      const hookProject = world.projectOf(project ?? agentPromotionProject.id);
      const made = seeded.map((input) => ({ id: hookProject.addHook(input).id }));
      const planted = Object.entries(plant(world.projectOf(project ?? shopWebProject.id), seed));
      return { hooks: made, ...Object.fromEntries(planted.filter(([, list]) => list.length > 0)) };
    },
    controls: {
      ...gitlabControls(() => world),
      ...changeControls(() => ({
        ...world,
        projectOf: (id = shopWebProject.id) => world.projectOf(id),
        selfUrl,
      })),
    },
    stop: () => world.stop(),
  };
}
