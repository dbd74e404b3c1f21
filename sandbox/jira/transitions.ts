import type { SandboxPerson } from '../shared/people.ts';
import { badFields, badRequest, noContent, ok, type JiraError } from './answers.ts';
import { addComment, type CommentDraft } from './comments.ts';
import { screenMetadata } from './field-metadata.ts';
import { parseResolution } from './field-values.ts';
import { changeStatus, type StatusChange } from './issue-change.ts';
import { parseComments, parseFields } from './issue-draft.ts';
import type { EntityProperty, FieldId, Issue, Transition } from './model.ts';
import { parseProperties } from './properties.ts';
import { statusJson, type Rendering } from './rendering.ts';
import {
  bodyObject,
  isJsonObject,
  listParam,
  param,
  type Call,
  type JsonObject,
  type Routes,
} from './router.ts';
import type { Site } from './site.ts';
import { transitionsFrom } from './workflows.ts';

/** Only listed transitions whose condition the caller meets: an administrator's force is a control, not REST. */
export function createTransitionRoutes(site: Site): Routes {
  const issueOf = (call: Call) => site.issues.get(param(call, 'issueIdOrKey'));

  function list(call: Call) {
    const listing = {
      withUnavailable: call.query.get('includeUnavailableTransitions') === 'true',
      withFields: (listParam(call.query, 'expand') ?? []).includes('transitions.fields'),
    };
    const transitions = transitionsJson(issueOf(call), call.actor, site.rendering(3), listing);
    const wanted = listParam(call.query, 'transitionId');
    return ok({
      expand: 'transitions',
      transitions: wanted ? transitions.filter((transition) => wanted.includes(transition.id)) : transitions,
    });
  }

  function perform(call: Call) {
    const issue = issueOf(call);
    performMove(site, issue, call.actor, parseMove(bodyObject(call), issue, call.actor, site));
    return noContent();
  }

  return {
    'GET /rest/api/3/issue/{issueIdOrKey}/transitions': list,
    'POST /rest/api/3/issue/{issueIdOrKey}/transitions': perform,
  };
}

/** A checked transition with what its screen takes along. */
export interface Move extends StatusChange {
  readonly transition: Transition;
  readonly comments: readonly CommentDraft[];
  readonly properties: readonly EntityProperty[];
}

/**
 * All or nothing, with one exception that every client falls for: a comment that the transition has no screen for is dropped,
 * and the answer is 204 all the same. Any other field without a screen is refused.
 */
export function parseMove(body: JsonObject, issue: Issue, actor: SandboxPerson, site: Site): Move {
  const { comment, ...update } = toObject(body['update']);
  const { resolution, ...fields } = toObject(body['fields']);
  const wanted = resolution === undefined ? [] : ['resolution'];
  const transition = knownTransition(issue, toObject(body['transition'])['id']);
  const screen = transition?.screen;
  const onScreen: readonly string[] = screen?.fields ?? [];
  const foreign = [...wanted, ...Object.keys({ ...fields, ...update })].filter(
    (id) => !onScreen.includes(id),
  );
  if (foreign.length > 0) throw badFields(Object.fromEntries(foreign.map((id) => [id, notOnScreen(id)])));
  if (screen?.requiresResolution && resolution === undefined)
    throw badFields({ resolution: 'Resolution is required.' });
  const form = { fields: onScreen.filter((id) => id !== 'resolution') as FieldId[] };
  const sets = { ...fields, ...Object.fromEntries(Object.entries(update).map(setOf)) };
  return {
    transition: usableTransition(issue, actor, toObject(body['transition'])['id']),
    values: parseFields(sets, form, { people: site.people, project: issue.project }, []),
    ...(resolution === undefined ? {} : { resolution: readResolution(resolution) }),
    comments: screen?.comment ? parseComments(comment) : [],
    properties: parseProperties(body['properties']),
  };
}

export function performMove(site: Site, issue: Issue, actor: SandboxPerson, move: Move): void {
  for (const { key, value } of move.properties) issue.properties.set(key, value);
  changeStatus(site, issue, actor, move.transition.to, move);
  for (const draft of move.comments) addComment(site, issue, actor, draft);
}

function setOf([id, operations]: [string, unknown]): [string, unknown] {
  const first: unknown = Array.isArray(operations) ? operations[0] : undefined;
  if (isJsonObject(first) && 'set' in first) return [id, first['set']];
  throw badFields({ [id]: `Field with id '${id}' supports the operation 'set' only here` });
}

function readResolution(value: unknown) {
  try {
    return parseResolution(value);
  } catch (error) {
    throw badFields({ resolution: (error as Error).message });
  }
}

/**
 * What this person can do from here, for the list and for `expand=transitions`; `withUnavailable` adds what a condition
 * keeps from them.
 */
export function transitionsJson(
  issue: Issue,
  actor: SandboxPerson,
  rendering: Rendering,
  { withUnavailable = false, withFields = false } = {},
) {
  const listed = transitionsFrom(issue.type.workflow, issue.status).filter(
    (transition) => withUnavailable || mayUse(transition, actor),
  );
  return listed.map((transition) => ({
    id: transition.id,
    name: transition.name,
    to: statusJson(transition.to, rendering),
    hasScreen: transition.screen !== undefined,
    isGlobal: !transition.from,
    isInitial: false,
    isAvailable: mayUse(transition, actor),
    isConditional: transition.onlyGroup !== undefined || transition.notFrom !== undefined,
    looped: false,
    ...(withFields ? { fields: screenMetadata(transition.screen, issue, rendering) } : {}),
  }));
}

function mayUse({ onlyGroup }: Transition, actor: SandboxPerson): boolean {
  return onlyGroup === undefined || actor.groups.includes(onlyGroup);
}

const knownTransition = (issue: Issue, id: unknown) =>
  issue.type.workflow.transitions.find((transition) => transition.id === id);

function usableTransition(issue: Issue, actor: SandboxPerson, id: unknown): Transition {
  if (typeof id !== 'string') throw badRequest("Missing 'transition' identifier");
  const listed = knownTransition(issue, id);
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

const notOnScreen = (id: string) =>
  `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;

const toObject = (value: unknown) => (isJsonObject(value) ? value : {});
