import { badFields, badRequest, forbidden, noContent, ok } from './answers.ts';
import { addComment } from './comments.ts';
import { changeValues } from './issue-change.ts';
import { parseEdit } from './issue-draft.ts';
import { changeJson } from './issue-json.ts';
import { restUrl } from './rendering.ts';
import {
  bodyObject,
  countParam,
  listParam,
  param,
  splitList,
  strings,
  type Call,
  type Routes,
} from './router.ts';
import { isAdministrator, type Site } from './site.ts';
import type { IssueView } from './issue-view.ts';

/** The service's own limit for one bulk fetch. */
const bulkLimit = 100;

/** Read, edit, delete, assign; writes answer 204, and the issue only when it is asked for. */
export function createIssueRoutes(site: Site, view: IssueView): Routes {
  const issueOf = (call: Call) => site.issues.get(param(call, 'issueIdOrKey'));
  const rendering = () => site.rendering(3);

  function read(call: Call) {
    const { query, actor: reader } = call;
    const fields = listParam(query, 'fields') ?? ['*all'];
    const expand = listParam(query, 'expand') ?? [];
    const properties = listParam(query, 'properties') ?? [];
    return ok(view(issueOf(call), { reader, fields, expand, properties }));
  }

  // `notifyUsers` is about e-mail, which nobody gets here; a transition in the body is ignored, as in Jira.
  function edit(call: Call) {
    const issue = issueOf(call);
    const { values, comments, properties } = parseEdit(bodyObject(call), issue, site);
    changeValues(site, issue, call.actor, values);
    for (const { key, value } of properties) issue.properties.set(key, value);
    for (const draft of comments) addComment(site, issue, call.actor, draft);
    return call.query.get('returnIssue') === 'true' ? read(call) : noContent();
  }

  // Deletion is the creator's right and the administrator's.
  function remove(call: Call) {
    const issue = issueOf(call);
    if (!isAdministrator(call.actor) && issue.creator !== call.actor)
      throw forbidden('You do not have permission to delete issues in this project.');
    site.issues.remove(issue);
    site.publish({ name: 'jira:issue_deleted', type: 'issue_deleted', user: call.actor, issue });
    return noContent();
  }

  // "-1" is Jira's automatic assignee: in these projects nobody.
  function assign(call: Call) {
    const issue = issueOf(call);
    const { accountId = null } = bodyObject(call);
    const assignee = site.people.find((person) => person.jira.accountId === accountId) ?? null;
    if (!assignee && accountId !== null && accountId !== '-1')
      throw badFields({ assignee: `User '${JSON.stringify(accountId)}' does not exist.` });
    changeValues(site, issue, call.actor, { assignee });
    return noContent();
  }

  function changelog(call: Call) {
    const issue = issueOf(call);
    const startAt = countParam(call.query.get('startAt'), 'startAt', 0, Infinity);
    const maxResults = countParam(call.query.get('maxResults'), 'maxResults', 100, 100);
    const values = issue.changes
      .slice(startAt, startAt + maxResults)
      .map((change) => changeJson(change, rendering()));
    const isLast = startAt + values.length >= issue.changes.length;
    const page = (start: number) =>
      restUrl(rendering(), `issue/${issue.id}/changelog?maxResults=${maxResults}&startAt=${start}`);
    return ok({
      self: page(startAt),
      ...(isLast ? {} : { nextPage: page(startAt + values.length) }),
      ...{ maxResults, startAt, total: issue.changes.length, isLast, values },
    });
  }

  // What is not found comes back as an error of its own, not as a failure of the call.
  function bulkFetch(call: Call) {
    const body = bodyObject(call);
    const wanted = strings(body['issueIdsOrKeys']);
    if (wanted.length === 0 || wanted.length > bulkLimit)
      throw badRequest(`issueIdsOrKeys: between 1 and ${bulkLimit} ids or keys are expected`);
    const visible = (idOrKey: string) => {
      const issue = site.issues.find(idOrKey);
      return issue && site.access.sees(call.actor, issue) ? issue : undefined;
    };
    const found = new Set(wanted.map(visible).filter((issue) => issue !== undefined));
    const selection = {
      reader: call.actor,
      fields: body['fields'] === undefined ? ['*navigable'] : splitList(strings(body['fields'])),
      expand: strings(body['expand']),
      properties: strings(body['properties']),
    };
    const lost = wanted.filter((idOrKey) => !visible(idOrKey));
    return ok({
      issues: [...found].map((issue) => view(issue, selection)),
      issueErrors: lost.map((id) => ({
        id,
        errorMessage: 'Issue does not exist or you do not have permission to see it.',
      })),
    });
  }

  return {
    'POST /rest/api/3/issue/bulkfetch': bulkFetch,
    'GET /rest/api/3/issue/{issueIdOrKey}': read,
    'PUT /rest/api/3/issue/{issueIdOrKey}': edit,
    'DELETE /rest/api/3/issue/{issueIdOrKey}': remove,
    'PUT /rest/api/3/issue/{issueIdOrKey}/assignee': assign,
    'GET /rest/api/3/issue/{issueIdOrKey}/changelog': changelog,
  };
}
