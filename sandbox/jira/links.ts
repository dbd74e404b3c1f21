import { badRequest, created, noContent, notFound, ok } from './answers.ts';
import { linkTypes, type Link, type LinkStore, type LinkType } from './link-store.ts';
import type { Issue } from './model.ts';
import { issueTypeJson, priorityJson, restUrl, statusJson } from './rendering.ts';
import { bodyObject, isJsonObject, param, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';

/** Creating a link answers 201 without a body: its id is found in the issue's `issuelinks`. */
export function createLinkRoutes(site: Site, links: LinkStore): Routes {
  function linkOf(call: Call): Link {
    const link = links.get(param(call, 'linkId'));
    if (link) return link;
    throw notFound('No issue link with id was found.');
  }

  function add(call: Call) {
    const body = bodyObject(call);
    const type = linkTypes.find(
      (one) => one.id === field(body['type'], 'id') || one.name === field(body['type'], 'name'),
    );
    if (!type) throw badRequest('No issue link type with this name was found.');
    const [inward, outward] = [issueAt(body['inwardIssue']), issueAt(body['outwardIssue'])];
    const id = site.nextId('link');
    links.add({ id, type, inward, outward });
    return created();
  }

  const issueAt = (ref: unknown) => site.issues.get(field(ref, 'id') ?? field(ref, 'key') ?? '');

  function read(call: Call) {
    const link = linkOf(call);
    const [inwardIssue, outwardIssue] = [
      linkedIssueJson(link.inward, site),
      linkedIssueJson(link.outward, site),
    ];
    return ok({ ...linkJson(link, site), inwardIssue, outwardIssue });
  }

  function remove(call: Call) {
    links.remove(linkOf(call));
    return noContent();
  }

  return {
    'GET /rest/api/3/issueLinkType': () =>
      ok({ issueLinkTypes: linkTypes.map((type) => linkTypeJson(type, site)) }),
    'POST /rest/api/3/issueLink': add,
    'GET /rest/api/3/issueLink/{linkId}': read,
    'DELETE /rest/api/3/issueLink/{linkId}': remove,
  };
}

/** The `issuelinks` field of an issue: each link shows the other end only. */
export function linksJson(links: LinkStore, issue: Issue, site: Site): object[] {
  return links
    .of(issue)
    .filter((link) => site.issues.find(link.inward.id) && site.issues.find(link.outward.id))
    .flatMap((link) => [
      ...(link.inward.id === issue.id
        ? [{ ...linkJson(link, site), outwardIssue: linkedIssueJson(link.outward, site) }]
        : []),
      ...(link.outward.id === issue.id
        ? [{ ...linkJson(link, site), inwardIssue: linkedIssueJson(link.inward, site) }]
        : []),
    ]);
}

function linkJson(link: Link, site: Site): object {
  return {
    id: link.id,
    self: restUrl(site.rendering(3), `issueLink/${link.id}`),
    type: linkTypeJson(link.type, site),
  };
}

function linkTypeJson(type: LinkType, site: Site): object {
  return { ...type, self: restUrl(site.rendering(3), `issueLinkType/${type.id}`) };
}

function linkedIssueJson(issue: Issue, site: Site): object {
  const rendering = site.rendering(3);
  return {
    id: issue.id,
    key: issue.key,
    self: restUrl(rendering, `issue/${issue.id}`),
    fields: {
      summary: issue.values.summary,
      status: statusJson(issue.status, rendering),
      priority: priorityJson(issue.values.priority, rendering),
      issuetype: issueTypeJson(issue.type, rendering),
    },
  };
}

function field(value: unknown, key: string): string | undefined {
  const text = isJsonObject(value) ? value[key] : undefined;
  return typeof text === 'string' ? text : undefined;
}
