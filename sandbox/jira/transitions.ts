import type { SandboxPerson } from '../shared/people.ts';
import { badFields, badRequest, noContent, ok, type JiraError } from './answers.ts';
import { changeStatus } from './issue-change.ts';
import type { Issue, Transition } from './model.ts';
import { statusJson, type Rendering } from './rendering.ts';
import { bodyObject, isJsonObject, listParam, param, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';
import { transitionsFrom } from './workflows.ts';

/** Only listed transitions whose condition the caller meets: an administrator's force is a control, not REST. */
export function createTransitionRoutes(site: Site): Routes {
  const issueOf = (call: Call) => site.issues.get(param(call, 'issueIdOrKey'));

  function list(call: Call) {
    const withUnavailable = call.query.get('includeUnavailableTransitions') === 'true';
    const transitions = transitionsJson(issueOf(call), call.actor, site.rendering(3), withUnavailable);
    const wanted = listParam(call.query, 'transitionId');
    return ok({
      expand: 'transitions',
      transitions: wanted ? transitions.filter((transition) => wanted.includes(transition.id)) : transitions,
    });
  }

  function perform(call: Call) {
    const issue = issueOf(call);
    const body = bodyObject(call);
    const screenless = Object.keys({ ...toObject(body['fields']), ...toObject(body['update']) });
    if (screenless.length > 0)
      throw badFields(Object.fromEntries(screenless.map((id) => [id, notOnScreen(id)])));
    const transition = findTransition(issue, call.actor, toObject(body['transition'])['id']);
    changeStatus(site, issue, call.actor, transition.to);
    return noContent();
  }

  return {
    'GET /rest/api/3/issue/{issueIdOrKey}/transitions': list,
    'POST /rest/api/3/issue/{issueIdOrKey}/transitions': perform,
  };
}

/**
 * What this person can do from here, for the list and for `expand=transitions`; `withUnavailable` adds what a condition
 * keeps from them.
 */
export function transitionsJson(
  issue: Issue,
  actor: SandboxPerson,
  rendering: Rendering,
  withUnavailable = false,
) {
  const listed = transitionsFrom(issue.type.workflow, issue.status).filter(
    (transition) => withUnavailable || mayUse(transition, actor),
  );
  return listed.map((transition) => ({
    id: transition.id,
    name: transition.name,
    to: statusJson(transition.to, rendering),
    hasScreen: false,
    isGlobal: !transition.from,
    isInitial: false,
    isAvailable: mayUse(transition, actor),
    isConditional: transition.onlyGroup !== undefined,
    looped: false,
  }));
}

function mayUse({ onlyGroup }: Transition, actor: SandboxPerson): boolean {
  return onlyGroup === undefined || actor.groups.includes(onlyGroup);
}

function findTransition(issue: Issue, actor: SandboxPerson, id: unknown) {
  if (typeof id !== 'string') throw badRequest("Missing 'transition' identifier");
  const listed = issue.type.workflow.transitions.find((transition) => transition.id === id);
  if (!listed) throw badRequest(`Transition id '${id}' is not valid for this issue.`);
  const possible = transitionsFrom(issue.type.workflow, issue.status).includes(listed);
  if (possible && mayUse(listed, actor)) return listed;
  throw lateMove(listed.name, issue.key);
}

/**
 * Somebody moved the issue in between: the usual reason why a transition that was listed is not any more. One whose
 * condition the caller does not meet is refused in the same words.
 */
function lateMove(name: string, key: string): JiraError {
  return badRequest(
    `It seems that you have tried to perform a workflow operation (${name}) that is not valid for the current state of this issue (${key}). The likely cause is that somebody has changed the issue recently, please look at the issue history for details.`,
  );
}

// None of the transitions has a screen, so no field can travel with one.
const notOnScreen = (id: string) =>
  `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;

const toObject = (value: unknown) => (isJsonObject(value) ? value : {});
