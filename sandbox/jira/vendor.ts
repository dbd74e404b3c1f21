import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { JiraError, notFound } from './answers.ts';
import { createCommentRoutes } from './comments.ts';
import { createAccess } from './access.ts';
import { createAttachments } from './attachments.ts';
import { createControls } from './controls.ts';
import { createCreateRoutes } from './create-issues.ts';
import { createCreateMetadataRoutes } from './create-metadata.ts';
import { createDeliveries } from './deliveries.ts';
import { createEditMetadataRoutes } from './field-metadata.ts';
import { createFileStore } from './file-store.ts';
import { createGroupRoutes } from './groups.ts';
import { createIssueStore } from './issue-store.ts';
import { createIssueView } from './issue-view.ts';
import { createIssueRoutes } from './issues.ts';
import { createLinkStore } from './link-store.ts';
import { createLinkRoutes } from './links.ts';
import { createPropertyRoutes } from './properties.ts';
import { readBody } from './read-body.ts';
import type { Rendering } from './rendering.ts';
import { createRouter } from './router.ts';
import { createSearchRoutes } from './search.ts';
import { seedIssues } from './seed.ts';
import { createMetadataRoutes } from './site-metadata.ts';
import { createIdSource, isAdministrator, type Site } from './site.ts';
import { createTransitionRoutes } from './transitions.ts';
import { createUserRoutes } from './users.ts';
import { createWatcherRoutes } from './watchers.ts';
import { createWebhookRegistry, webhookEvents } from './webhooks.ts';

export interface JiraOptions {
  readonly people: readonly SandboxPerson[];
  /** An admin webhook for every event, registered at the start. */
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** The site in `self` links; default: the host by which it was last called. */
  readonly baseUrl?: string;
  readonly now?: () => Date;
  /** How late search knows of a change, ms; default 0. */
  readonly searchDelayMs?: number;
  /** Wait before a webhook is repeated, ms; default 500 (the real service: 5 to 15 minutes). */
  readonly retryDelayMs?: number;
  /** How long a webhook's endpoint may take, ms; default 5000. */
  readonly webhookTimeoutMs?: number;
}

export interface JiraVendor extends Vendor {
  /** When no webhook is on its way any more: instead of waiting a while. */
  settled(): Promise<void>;
}

/** A Jira Cloud site on loopback: REST v3, admin webhooks, and the workflow of P-11…P-18 in force. */
export function createJiraVendor(options: JiraOptions): JiraVendor {
  const { people, now = () => new Date(), searchDelayMs = 0 } = options;
  let base = options.baseUrl ?? 'http://127.0.0.1';
  const index = { delayMs: searchDelayMs };
  const links = createLinkStore();
  const deliveries = createDeliveries({
    retryDelayMs: options.retryDelayMs ?? 500,
    timeoutMs: options.webhookTimeoutMs ?? 5000,
  });
  // One object each, by which what is rendered is remembered.
  const renderings = new Map<string, Rendering>();
  const site: Site = {
    people,
    issues: createIssueStore(),
    access: createAccess(),
    now,
    nextId: createIdSource(),
    rendering(api) {
      const { withoutEmail } = site.access;
      const known = renderings.get(`${api} ${base}`);
      if (known?.withoutEmail === withoutEmail) return known;
      const rendering = { base, api, withoutEmail };
      renderings.set(`${api} ${base}`, rendering);
      return rendering;
    },
    publish: (event) => webhooks.publish(event),
  };
  const webhooks = createWebhookRegistry(site, deliveries);
  const files = createFileStore();
  const attachments = createAttachments(site, files);
  const view = createIssueView(site, links);
  const route = createRouter({
    ...createMetadataRoutes(site),
    ...createCreateMetadataRoutes(site),
    ...createEditMetadataRoutes(site),
    ...createCreateRoutes(site),
    ...createIssueRoutes(site, view),
    ...attachments.routes,
    ...createWatcherRoutes(site),
    ...createTransitionRoutes(site),
    ...createCommentRoutes(site),
    ...createPropertyRoutes(site),
    ...createSearchRoutes(site, index, view),
    ...createLinkRoutes(site, links),
    ...createUserRoutes(site),
    ...createGroupRoutes(site),
    ...webhooks.routes,
  });
  registerWebhook();

  function registerWebhook(): void {
    const administrator = people.find(isAdministrator);
    if (!options.webhook) return;
    if (!administrator) throw new Error('people: one of them must be in the group jira-administrators');
    webhooks.register({ name: 'sandbox', events: webhookEvents, ...options.webhook }, administrator);
  }

  // Whoever may not see an issue is told that there is none, whatever he wanted of it.
  function requireVisible(actor: SandboxPerson, idOrKey: string | undefined): void {
    const issue = idOrKey === undefined ? undefined : site.issues.find(idOrKey);
    if (!issue || site.access.sees(actor, issue)) return;
    throw notFound('Issue does not exist or you do not have permission to see it.');
  }

  // The path's form, so that calls can be counted by what they do.
  function kindOf({ method, path }: VendorRequest): string | undefined {
    try {
      return route(method, path).route;
    } catch {
      return undefined;
    }
  }

  async function handle(request: VendorRequest): Promise<VendorResponse> {
    if (!options.baseUrl && request.headers.host) base = `http://${request.headers.host}`;
    const media = attachments.media(request.path, request.query);
    if (media) return media;
    try {
      const { handler, params } = route(request.method, request.path);
      const actor = authenticate(request, people);
      requireVisible(actor, params['issueIdOrKey']);
      const { query, headers } = request;
      return handler({ actor, params, query, headers, ...(await readBody(request, files)) });
    } catch (error) {
      if (error instanceof JiraError) return withLoginHeader(error.toResponse());
      throw error;
    }
  }

  return {
    name: 'jira',
    actor: (request) => personOf(request, people)?.name,
    kind: (request) => kindOf(request) ?? `${request.method} (unknown)`,
    handle,
    reset() {
      site.issues.clear();
      links.clear();
      attachments.clear();
      site.access.clear();
      deliveries.clear();
      webhooks.switch(true);
      index.delayMs = searchDelayMs;
    },
    seed: (fixtures) => seedIssues(site, fixtures),
    controls: createControls(site, index, { deliveries, switchWebhooks: (on) => webhooks.switch(on) }),
    settled: () => deliveries.settled(),
    stop() {
      deliveries.stop();
      files.clear();
    },
  };
}

/** Basic authentication: e-mail and API token. */
function personOf(request: VendorRequest, people: readonly SandboxPerson[]): SandboxPerson | undefined {
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return people.find((person) => decoded === `${person.email}:${person.jira.apiToken}`);
}

function authenticate(request: VendorRequest, people: readonly SandboxPerson[]): SandboxPerson {
  const person = personOf(request, people);
  if (person) return person;
  throw new JiraError(401, ['Client must be authenticated to access this resource.']);
}

// The service marks a failed login in a header of its own.
function withLoginHeader(response: VendorResponse): VendorResponse {
  if (response.status !== 401) return response;
  const headers = {
    'www-authenticate': 'Basic realm="Jira"',
    'x-seraph-loginreason': 'AUTHENTICATED_FAILED',
  };
  return { ...response, headers };
}
