import { badFields, badRequest, noContent, ok, type JiraError } from './answers.ts';
import { transitionsFrom } from './configuration.ts';
import { changeStatus } from './issue-change.ts';
import type { Issue } from './model.ts';
import { statusJson, type Rendering } from './rendering.ts';
import { bodyObject, isJsonObject, listParam, param, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';

/** Only listed transitions, for everybody: an administrator's force is a control, not REST. */
export function createTransitionRoutes(site: Site): Routes {
  const issueOf = (call: Call) => site.issues.get(param(call, 'issueIdOrKey'));

  function list(call: Call) {
    const transitions = transitionsJson(issueOf(call), site.rendering(3));
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
    changeStatus(site, issue, call.actor, findTransition(issue, toObject(body['transition'])['id']).to);
    return noContent();
  }

  return {
    'GET /rest/api/3/issue/{issueIdOrKey}/transitions': list,
    'POST /rest/api/3/issue/{issueIdOrKey}/transitions': perform,
  };
}

/** What can be done from here, for the list and for `expand=transitions`. */
export function transitionsJson(issue: Issue, rendering: Rendering) {
  return transitionsFrom(issue.type.workflow, issue.status).map((transition) => ({
    id: transition.id,
    name: transition.name,
    to: statusJson(transition.to, rendering),
    hasScreen: false,
    isGlobal: !transition.from,
    isInitial: false,
    isAvailable: true,
    isConditional: false,
    looped: false,
  }));
}

function findTransition(issue: Issue, id: unknown) {
  if (typeof id !== 'string') throw badRequest("Missing 'transition' identifier");
  const listed = issue.type.workflow.transitions.find((transition) => transition.id === id);
  if (!listed) throw badRequest(`Transition id '${id}' is not valid for this issue.`);
  if (transitionsFrom(issue.type.workflow, issue.status).includes(listed)) return listed;
  throw lateMove(listed.name, issue.key);
}

/** Somebody moved the issue in between: the usual reason why a transition that was listed is not any more. */
function lateMove(name: string, key: string): JiraError {
  return badRequest(
    `It seems that you have tried to perform a workflow operation (${name}) that is not valid for the current state of this issue (${key}). The likely cause is that somebody has changed the issue recently, please look at the issue history for details.`,
  );
}

// None of the transitions has a screen, so no field can travel with one.
const notOnScreen = (id: string) =>
  `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;

const toObject = (value: unknown) => (isJsonObject(value) ? value : {});
