import { doTransition, getIssue, getTransitions } from '../api.ts';
import { failureMessage } from '../../../workflows/shared/failures.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { mayHaveMoved } from '../transitions.ts';
import type { Form } from '../forms.ts';
import { namingFields } from '../refusals.ts';
import { ensureIncidentComment } from './comments.ts';
import type { OpenIncidents } from './open-incidents.ts';
import { fromPlain } from './plain-adf.ts';
import type { IncidentTickets } from './port.ts';
import { PlacedIssue, Transitions, type PlacedStatus, type Transition } from './schema.ts';
import { fillScreen, type Filled } from './screen.ts';
import { isAt, nextStop, type Stop } from './ways.ts';

type Options = Parameters<IncidentTickets['moveTo']>[2];
interface Place extends Form {
  readonly key: string;
  readonly status: PlacedStatus;
}
interface Walk {
  readonly issueId: string;
  readonly target: string;
  readonly options: Options;
  readonly explore: boolean;
}

/** More than any workflow is deep; and an end to a walk against somebody who moves the issue back. */
const mostHops = 12;

/**
 * Being there already is success; each hop is a transition that Jira lists, of which the status before is read afresh. A repeat after a
 * lost answer goes on from where the issue is. An issue that cannot be brought there is put back, so that a status it was led
 * through is not taken for somebody's decision.
 */
export async function moveTo(
  open: OpenIncidents,
  issueId: string,
  target: string,
  options: Options,
): Promise<{ status: string; held: string | null }> {
  const origin = await readPlace(open, issueId);
  const walk = { issueId, target, options, explore: true };
  const { place, held } = await walkTo(open, walk, origin);
  if (held === null) {
    if (options.comment) await ensureIncidentComment(open, issueId, options.comment);
    return { status: place.status.name, held };
  }
  if (place.status.id === origin.status.id) return { status: place.status.name, held };
  const back = { issueId, target: origin.status.id, options: { resolution: null }, explore: false };
  const { place: last } = await walkTo(open, back, place);
  return { status: last.status.name, held };
}

async function walkTo(
  open: OpenIncidents,
  walk: Walk,
  from: Place,
): Promise<{ place: Place; held: string | null }> {
  let place = from;
  for (let hop = 0; hop < mostHops; hop += 1) {
    if (isAt(place.status, walk.target)) return { place, held: null };
    const listed = await listTransitions(open, walk.issueId, place);
    const chosen = choose(open, walk, place, listed);
    if (typeof chosen === 'string') return { place, held: chosen };
    const refused = await take(open, walk, place, chosen);
    const now = await readPlace(open, walk.issueId);
    if (refused !== null && now.status.id === place.status.id) return { place: now, held: refused };
    place = now;
  }
  const arrived = isAt(place.status, walk.target);
  return { place, held: arrived ? null : `it was not in "${walk.target}" after ${mostHops} transitions` };
}

/** A transition with what its screen is given; or, in words, why there is none. */
type Chosen = { readonly transition: Transition; readonly fields: Readonly<Record<string, unknown>> };

function choose(
  open: OpenIncidents,
  { target, options, explore }: Walk,
  place: Place,
  listed: readonly Transition[],
): Chosen | string {
  const stop = nextStop(place.status.id, target, open.ways.exitsOf(place), { explore });
  if (!stop) return noWay(place, target, listed);
  const filled = listed
    .filter(({ to }) => to.id === stop.id)
    .map((transition) => ({ transition, filled: fillScreen(transition, options.resolution) }));
  for (const { transition, filled: screen } of filled)
    if ('fields' in screen) return { transition, fields: screen.fields };
  return filled[0] ? unfilled(filled[0].transition, filled[0].filled) : noWay(place, target, listed);
}

function noWay({ status }: Place, target: string, listed: readonly Transition[]): string {
  const ways = listed.map(({ name, to }) => `${name} (to ${to.name})`).join(', ') || 'none';
  return `no transition that we may use leads from "${status.name}" to "${target}"; offered: ${ways}`;
}

function unfilled({ name }: Transition, filled: Filled): string {
  const { missing, choices } = 'missing' in filled ? filled : { missing: '', choices: [] };
  const offered = choices.length > 0 ? `; it offers ${choices.join(', ')}` : '';
  return `the transition "${name}" requires the field "${missing}", which nothing sets${offered}`;
}

async function readPlace(open: OpenIncidents, issueId: string): Promise<Place> {
  const { key, fields } = await open.call(`read status of issue ${issueId}`, async () =>
    PlacedIssue.parse(
      await getIssue(open.client, { issueIdOrKey: issueId, fields: ['status', 'project', 'issuetype'] }),
    ),
  );
  return { key, status: fields.status, project: fields.project.key, issueType: fields.issuetype.name };
}

/** Those that Jira offers this account now; what they lead to is remembered. */
async function listTransitions(open: OpenIncidents, issueId: string, place: Place): Promise<Transition[]> {
  const { transitions } = await open.call(`list transitions of issue ${issueId}`, async () =>
    Transitions.parse(
      await getTransitions(open.client, { issueIdOrKey: issueId, expand: 'transitions.fields' }),
    ),
  );
  const listed = transitions.filter(({ isAvailable }) => isAvailable !== false);
  open.ways.learn(place, place.status.id, listed.map(toStop));
  return listed;
}

const toStop = ({ to }: Transition): Stop => ({
  ...{ id: to.id, name: to.name },
  done: to.statusCategory.key === 'done',
});

/** @returns Jira's refusal in words: somebody may have moved the issue meanwhile, or its workflow wants more */
async function take(
  open: OpenIncidents,
  { issueId, target, options: { comment } }: Walk,
  place: Place,
  { transition, fields }: Chosen,
): Promise<string | null> {
  // without a screen Jira would drop the comment and say nothing: then it follows
  const goesAlong = comment && isAt(transition.to, target) && transition.hasScreen === true;
  try {
    await namingFields(open.fields, () =>
      open.call(`move ${place.key} to ${transition.to.name}`, () =>
        doTransition(open.client, {
          issueIdOrKey: issueId,
          transition: { id: transition.id },
          ...(Object.keys(fields).length > 0 ? { fields: { ...fields } } : {}),
          ...(goesAlong ? { update: { comment: [{ add: toAdded(comment) }] } } : {}),
        }),
      ),
    );
    return null;
  } catch (error) {
    if (!mayHaveMoved(error)) throw error;
    open.ways.forget(place);
    return `Jira refuses the transition "${transition.name}": ${failureMessage(error).replace(/^jira: /, '')}`;
  }
}

function toAdded({ body, property }: NonNullable<Options['comment']>) {
  return { body: fromPlain(body), properties: [{ key: jiraPropertyKey, value: property }] };
}
