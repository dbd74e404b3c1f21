import type { SandboxPerson } from '../shared/people.ts';
import type { VendorResponse } from '../shared/front.ts';
import { JiraError, badRequest, created } from './answers.ts';
import { addComment } from './comments.ts';
import { parseDraft, type IssueDraft } from './issue-draft.ts';
import type { Issue } from './model.ts';
import { restUrl } from './rendering.ts';
import { bodyObject, isJsonObject, type Call, type JsonObject, type Routes } from './router.ts';
import type { Site } from './site.ts';
import { parseMove, performMove } from './transitions.ts';

/** The service's own limit for one bulk create. */
const bulkLimit = 50;

/** One issue, or up to fifty in a call: each stands or falls by itself. */
export function createCreateRoutes(site: Site): Routes {
  function create(call: Call) {
    return created(createOne(call, bodyObject(call)));
  }

  function createMany(call: Call): VendorResponse {
    const { issueUpdates } = bodyObject(call);
    if (!Array.isArray(issueUpdates) || issueUpdates.length === 0)
      throw badRequest('issueUpdates: a list of issues is expected');
    if (issueUpdates.length > bulkLimit)
      throw badRequest(`issueUpdates: at most ${bulkLimit} issues can be created at once`);
    const issues: object[] = [];
    const errors: object[] = [];
    for (const [failedElementNumber, body] of issueUpdates.entries()) {
      try {
        issues.push(createOne(call, isJsonObject(body) ? body : {}));
      } catch (error) {
        if (!(error instanceof JiraError)) throw error;
        const { status } = error;
        errors.push({ status, elementErrors: errorCollection(error), failedElementNumber });
      }
    }
    return { status: issues.length > 0 ? 201 : 400, body: { issues, errors } };
  }

  function createOne({ actor }: Call, body: JsonObject): object {
    const issue = addIssue(site, parseDraft(body, actor, site), { creator: actor });
    const self = restUrl(site.rendering(3), `issue/${issue.id}`);
    const moved = isJsonObject(body['transition']) ? moveNew(issue, actor, body['transition']) : {};
    return { id: issue.id, key: issue.key, self, ...moved };
  }

  // The issue stays where it is when its transition fails: that is said beside it.
  function moveNew(issue: Issue, actor: SandboxPerson, transition: JsonObject): object {
    try {
      performMove(site, issue, actor, parseMove({ transition }, issue, actor, site));
      return { transition: { status: 200, errorCollection: { errorMessages: [], errors: {} } } };
    } catch (error) {
      if (!(error instanceof JiraError)) throw error;
      return { transition: { status: error.status, errorCollection: errorCollection(error) } };
    }
  }

  return {
    'POST /rest/api/3/issue': create,
    'POST /rest/api/3/issue/bulk': createMany,
  };
}

const errorCollection = ({ messages, fields }: JiraError) => ({ errorMessages: messages, errors: fields });

export interface Origin {
  readonly creator: SandboxPerson;
  /** Default: now. */
  readonly at?: Date;
  /** Leaves the webhooks out. */
  readonly quiet?: boolean;
}

/** Puts a new issue into its workflow's initial status. */
export function addIssue(site: Site, draft: IssueDraft, { creator, at = site.now(), quiet }: Origin): Issue {
  const issue: Issue = {
    id: site.nextId('issue'),
    key: site.issues.nextKey(draft.project),
    project: draft.project,
    type: draft.type,
    status: draft.type.workflow.initial,
    creator,
    ...{ created: at, updated: at, moved: at, resolution: null, resolved: null },
    values: draft.values,
    comments: [],
    attachments: [],
    watchers: new Set(),
    changes: [],
    properties: new Map(draft.properties.map(({ key, value }) => [key, value])),
  };
  site.issues.add(issue);
  if (!quiet) site.publish({ name: 'jira:issue_created', type: 'issue_created', user: creator, issue });
  for (const comment of draft.comments) addComment(site, issue, creator, comment);
  return issue;
}
