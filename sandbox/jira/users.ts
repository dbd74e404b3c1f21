import type { SandboxPerson } from '../shared/people.ts';
import { badRequest, notFound, ok } from './answers.ts';
import { findProject } from './configuration.ts';
import { restUrl, userJson } from './rendering.ts';
import { countParam, listParam, type Call, type Routes } from './router.ts';
import { isAdministrator, type Site } from './site.ts';

type Scope = 'GLOBAL' | 'PROJECT';

/** Everybody with an account may do these; the rest is the administrator's. */
const permissions: Readonly<
  Record<string, readonly [id: string, name: string, scope: Scope, who: 'all' | 'admin']>
> = {
  ADMINISTER: ['0', 'Administer Jira', 'GLOBAL', 'admin'],
  ADMINISTER_PROJECTS: ['23', 'Administer projects', 'PROJECT', 'admin'],
  BROWSE_PROJECTS: ['10', 'Browse projects', 'PROJECT', 'all'],
  CREATE_ISSUES: ['11', 'Create issues', 'PROJECT', 'all'],
  EDIT_ISSUES: ['12', 'Edit issues', 'PROJECT', 'all'],
  ASSIGN_ISSUES: ['13', 'Assign issues', 'PROJECT', 'all'],
  ASSIGNABLE_USER: ['17', 'Assignable user', 'PROJECT', 'all'],
  TRANSITION_ISSUES: ['46', 'Transition issues', 'PROJECT', 'all'],
  ADD_COMMENTS: ['15', 'Add comments', 'PROJECT', 'all'],
  EDIT_OWN_COMMENTS: ['35', 'Edit own comments', 'PROJECT', 'all'],
  DELETE_OWN_COMMENTS: ['37', 'Delete own comments', 'PROJECT', 'all'],
  EDIT_ALL_COMMENTS: ['34', 'Edit all comments', 'PROJECT', 'admin'],
  DELETE_ALL_COMMENTS: ['36', 'Delete all comments', 'PROJECT', 'admin'],
  CREATE_ATTACHMENTS: ['19', 'Create attachments', 'PROJECT', 'all'],
  MANAGE_WATCHERS: ['32', 'Manage watchers', 'PROJECT', 'all'],
  LINK_ISSUES: ['21', 'Link issues', 'PROJECT', 'all'],
  MODIFY_REPORTER: ['30', 'Modify reporter', 'PROJECT', 'all'],
  MOVE_ISSUES: ['25', 'Move issues', 'PROJECT', 'admin'],
  USER_PICKER: ['27', 'Browse users and groups', 'GLOBAL', 'all'],
  DELETE_ISSUES: ['16', 'Delete issues', 'PROJECT', 'admin'],
};

/** Accounts and what they may do. */
export function createUserRoutes(site: Site): Routes {
  const rendering = () => site.rendering(3);
  const shownEmail = (person: SandboxPerson) => (site.access.withoutEmail.has(person) ? null : person.email);

  function withGroups(person: SandboxPerson, expand: readonly string[]): object {
    const items = person.groups.map((name) => ({
      name,
      groupId: name,
      self: restUrl(rendering(), `group?groupId=${name}`),
    }));
    return {
      ...userJson(person, rendering()),
      groups: { size: items.length, items: expand.includes('groups') ? items : [] },
      applicationRoles: { size: 1, items: [] },
      expand: 'groups,applicationRoles',
    };
  }

  function readUser({ query }: Call) {
    const person = site.people.find((one) => one.jira.accountId === query.get('accountId'));
    if (!person) throw notFound('Specified user does not exist or you do not have required permissions');
    return ok(withGroups(person, listParam(query, 'expand') ?? []));
  }

  function search({ query }: Call) {
    if (!query.has('query') && !query.has('accountId'))
      throw badRequest('query: at least one of query, accountId and property is needed');
    return ok(find(query));
  }

  // Everybody may be assigned in every project, so only the question itself is checked.
  function searchAssignable({ query }: Call) {
    const issue = query.get('issueKey') ?? query.get('issueId');
    if (issue !== null) site.issues.get(issue);
    else if (!query.has('project')) throw badRequest('One of project, issueKey and issueId is needed');
    return ok(find(query));
  }

  function find(query: URLSearchParams): object[] {
    const accountId = query.get('accountId');
    const startAt = countParam(query.get('startAt'), 'startAt', 0, Infinity);
    const maxResults = countParam(query.get('maxResults'), 'maxResults', 50, 1000);
    const found = site.people.filter((person) =>
      accountId === null
        ? matches(person, shownEmail(person), query.get('query') ?? '')
        : person.jira.accountId === accountId,
    );
    return found.slice(startAt, startAt + maxResults).map((person) => userJson(person, rendering()));
  }

  // The list of permissions is mandatory; without it the service answers 400.
  function myPermissions(call: Call) {
    const wanted = listParam(call.query, 'permissions');
    if (!wanted) throw badRequest("The 'permissions' query parameter is required.");
    const unknown = wanted.filter((key) => !Object.hasOwn(permissions, key));
    if (unknown.length > 0) throw badRequest(`Unrecognized permission keys: ${unknown.join(', ')}`);
    const issueKey = call.query.get('issueKey') ?? call.query.get('issueId');
    const issue = issueKey === null ? undefined : site.issues.get(issueKey);
    const projectKey = call.query.get('projectKey') ?? call.query.get('projectId');
    const project = projectKey === null ? issue?.project : findProject(projectKey);
    if (projectKey !== null && !project)
      throw notFound(`No project could be found with key '${projectKey}'.`);
    const barred = project && !site.access.browses(call.actor, project);
    const own = (key: string) => key === 'DELETE_ISSUES' && issue?.creator === call.actor;
    return ok({
      permissions: Object.fromEntries(
        wanted.map((key) => [
          key,
          permissionJson(key, call.actor, { own: own(key), barred: barred === true }),
        ]),
      ),
    });
  }

  return {
    'GET /rest/api/3/myself': (call) => ok(withGroups(call.actor, listParam(call.query, 'expand') ?? [])),
    'GET /rest/api/3/user': readUser,
    'GET /rest/api/3/user/search': search,
    'GET /rest/api/3/user/assignable/search': searchAssignable,
    'GET /rest/api/3/mypermissions': myPermissions,
  };
}

function permissionJson(
  key: string,
  actor: SandboxPerson,
  { own, barred }: { own: boolean; barred: boolean },
): object {
  const [id, name, type, who] = permissions[key] ?? ['', key, 'PROJECT', 'admin'];
  const isLost = barred && type === 'PROJECT';
  const havePermission = !isLost && (who === 'all' || own || isAdministrator(actor));
  return { id, key, name, type, description: `Ability to: ${name.toLowerCase()}.`, havePermission };
}

/**
 * As the service's own search: the start of a name, of one of its words, or of the e-mail. One that is hidden is found by the
 * whole of it, and not shown even then.
 */
function matches({ displayName, email }: SandboxPerson, shown: string | null, text: string): boolean {
  const wanted = text.toLowerCase();
  const words = [displayName, ...displayName.split(' '), ...(shown === null ? [] : [shown])];
  return email.toLowerCase() === wanted || words.some((word) => word.toLowerCase().startsWith(wanted));
}
