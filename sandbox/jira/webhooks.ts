import type { SandboxPerson } from '../shared/people.ts';
import { badRequest, created, forbidden, noContent, notFound, ok } from './answers.ts';
import type { Deliveries } from './deliveries.ts';
import { toFilter, type IssueFilter } from './jql-filter.ts';
import { parseJql } from './jql.ts';
import { bodyObject, isJsonObject, param, type Call, type JsonObject, type Routes } from './router.ts';
import { isAdministrator, type JiraEvent, type Site } from './site.ts';
import { frozen, webhookBody } from './webhook-bodies.ts';

export const webhookEvents: readonly JiraEvent['name'][] = [
  'jira:issue_created',
  'jira:issue_updated',
  'jira:issue_deleted',
  'comment_created',
  'comment_updated',
  'comment_deleted',
  'attachment_created',
  'attachment_deleted',
];

/** An admin webhook: the only kind that takes a secret, and not in the OpenAPI document (contracts §2.1). */
interface Webhook {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly jql: string;
  readonly excludeBody: boolean;
  readonly enabled: boolean;
  readonly secret: string | undefined;
  readonly updatedBy: SandboxPerson;
  readonly updatedAt: Date;
}

export interface WebhookRegistry {
  readonly routes: Routes;
  register(body: JsonObject, by: SandboxPerson): void;
  /** Hands the event, as it is now, to every webhook that wants it; nothing is kept of one that nobody wants. */
  publish(event: JiraEvent): void;
  /** Off: what happens meanwhile is never told. */
  switch(on: boolean): void;
}

const path = '/rest/webhooks/1.0/webhook';
const section = 'issue-related-events-section';

/** `/rest/webhooks/1.0/webhook`, for administrators, and the delivery of events to what is registered there. */
export function createWebhookRegistry(site: Site, deliveries: Deliveries): WebhookRegistry {
  const webhooks = new Map<number, Webhook>();
  let lastId = 0;
  let isOn = true;

  function matches(webhook: Webhook, event: JiraEvent): boolean {
    if (!webhook.enabled || !webhook.events.includes(event.name)) return false;
    // the service has no issue at hand for these, and no filter either
    if ('attachment' in event) return true;
    return webhook.jql === '' || filterOf(webhook.jql, webhook.updatedBy)(event.issue);
  }

  function filterOf(jql: string, actor: SandboxPerson): IssueFilter {
    const { where } = parseJql(jql);
    // A filter may name an issue that is gone: it then matches nothing.
    const idOf = (idOrKey: string) => site.issues.find(idOrKey)?.id ?? 'gone';
    return where ? toFilter(where, { actor, now: site.now(), idOf }) : () => true;
  }

  // An edit names only what it changes; the secret is write-only and stays when left out.
  function parse(body: JsonObject, id: number, by: SandboxPerson, before?: Webhook): Webhook {
    const { name = before?.name, url = before?.url, events = before?.events, secret = before?.secret } = body;
    if (typeof name !== 'string' || name === '') throw badRequest('name: a webhook needs a name');
    if (typeof url !== 'string' || !URL.canParse(url)) throw badRequest('url: an absolute URL is expected');
    if (
      !Array.isArray(events) ||
      !events.every((event) => (webhookEvents as readonly unknown[]).includes(event))
    )
      throw badRequest(`events: a list of ${webhookEvents.join(', ')} is expected`);
    const filters = isJsonObject(body['filters']) ? body['filters'] : {};
    const jql = filters[section] ?? before?.jql ?? '';
    if (typeof jql !== 'string') throw badRequest(`filters.${section}: a JQL string is expected`);
    filterOf(jql, by);
    return {
      ...{ id, name, url, events: events as string[], jql, updatedBy: by, updatedAt: site.now() },
      excludeBody: body['excludeBody'] === true,
      enabled: body['enabled'] !== false,
      secret: typeof secret === 'string' && secret !== '' ? secret : undefined,
    };
  }

  function show(webhook: Webhook): object {
    const { name, url, events, jql, excludeBody, enabled, updatedBy, updatedAt } = webhook;
    return {
      ...{ name, url, excludeBody, events, enabled },
      filters: { [section]: jql },
      self: `${site.rendering(2).base}${path}/${webhook.id}`,
      lastUpdatedUser: updatedBy.jira.accountId,
      lastUpdatedDisplayName: updatedBy.displayName,
      lastUpdated: updatedAt.getTime(),
      isSigned: webhook.secret !== undefined,
    };
  }

  function register(body: JsonObject, by: SandboxPerson): Webhook {
    const webhook = parse(body, ++lastId, by);
    webhooks.set(webhook.id, webhook);
    return webhook;
  }

  function webhookOf(call: Call): Webhook {
    const webhook = webhooks.get(Number(param(call, 'id')));
    if (webhook) return webhook;
    throw notFound('A webhook with that ID does not exist.');
  }

  function edit(call: Call) {
    const before = webhookOf(call);
    const webhook = parse(bodyObject(call), before.id, call.actor, before);
    webhooks.set(webhook.id, webhook);
    return ok(show(webhook));
  }

  function remove(call: Call) {
    webhooks.delete(webhookOf(call).id);
    return noContent();
  }

  const routes: Routes = {
    [`GET ${path}`]: () => ok([...webhooks.values()].map(show)),
    [`POST ${path}`]: (call) => created(show(register(bodyObject(call), call.actor))),
    [`GET ${path}/{id}`]: (call) => ok(show(webhookOf(call))),
    [`PUT ${path}/{id}`]: edit,
    [`DELETE ${path}/{id}`]: remove,
  };
  return {
    routes: Object.fromEntries(
      Object.entries(routes).map(([route, handler]) => [
        route,
        (call: Call) => (requireAdministrator(call), handler(call)),
      ]),
    ),
    register,
    publish(event) {
      const wanted = isOn ? [...webhooks.values()].filter((webhook) => matches(webhook, event)) : [];
      if (wanted.length === 0) return;
      // Rendered when its turn comes: a hundred thousand waiting bodies would fill the memory.
      const [state, at, rendering] = [frozen(event), site.now(), site.rendering(2)];
      const render = () => JSON.stringify(webhookBody(state, at, rendering));
      for (const { url, secret, excludeBody } of wanted)
        deliveries.send({ event: event.name, url, secret, render: excludeBody ? () => '' : render });
    },
    switch(on) {
      isOn = on;
    },
  };
}

function requireAdministrator({ actor }: Call): void {
  if (!isAdministrator(actor))
    throw forbidden('You are not authorized to perform this action: Jira administrators only.');
}
