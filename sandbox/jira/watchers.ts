import { badRequest, noContent, notFound, ok } from './answers.ts';
import { restUrl, userJson } from './rendering.ts';
import { param, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';

/** Who is told of an issue. Nobody watches by himself here: that is a setting of each account. */
export function createWatcherRoutes(site: Site): Routes {
  const issueOf = (call: Call) => site.issues.get(param(call, 'issueIdOrKey'));
  const personWith = (accountId: unknown) => site.people.find((one) => one.jira.accountId === accountId);

  function list(call: Call) {
    const { id, watchers } = issueOf(call);
    return ok({
      self: restUrl(site.rendering(3), `issue/${id}/watchers`),
      isWatching: watchers.has(call.actor),
      watchCount: watchers.size,
      watchers: [...watchers].map((person) => userJson(person, site.rendering(3))),
    });
  }

  // The body is an account id as a bare JSON string; without one the caller watches.
  function add(call: Call) {
    const issue = issueOf(call);
    if (call.body !== undefined && typeof call.body !== 'string')
      throw badRequest('an account id is expected');
    const person = call.body === undefined ? call.actor : personWith(call.body);
    if (!person) throw notFound('The user does not exist or you do not have permission to see it.');
    if (!site.access.sees(person, issue))
      throw badRequest(`The user "${person.displayName}" does not have permission to view this issue.`);
    issue.watchers.add(person);
    return noContent();
  }

  function remove(call: Call) {
    const person = personWith(call.query.get('accountId'));
    if (!person) throw notFound('The user does not exist or you do not have permission to see it.');
    issueOf(call).watchers.delete(person);
    return noContent();
  }

  return {
    'GET /rest/api/3/issue/{issueIdOrKey}/watchers': list,
    'POST /rest/api/3/issue/{issueIdOrKey}/watchers': add,
    'DELETE /rest/api/3/issue/{issueIdOrKey}/watchers': remove,
  };
}
