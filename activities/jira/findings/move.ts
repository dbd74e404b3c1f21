import { doTransition } from '../api.ts';
import type { TicketComment } from '../../../workflows/shared/comment.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { toAdf } from '../adf.ts';
import { mayHaveMoved } from '../transitions.ts';
import { writeIssue } from './edit.ts';
import { isSameMark, markProperty } from './mark.ts';
import { isRepeat, type OpenFindings } from './open-findings.ts';
import type { Place } from './places.ts';
import type { TicketMove } from './port.ts';
import { readPlace } from './read-place.ts';
import { namingFields } from '../refusals.ts';
import type { WorkflowTransition } from './schema.ts';

/**
 * Being there already is success: only the mark is written, if it says otherwise. One call where the transition has a screen, since every
 * screen takes a comment; where it has none, Jira would drop the comment without a word, so comment and mark go first and the move follows.
 * After a lost answer the next attempt reads status and mark before it writes: moved already, or commented already, is not done
 * twice. A refusal is believed only when what we knew of the ticket and its workflow has been read afresh.
 */
export async function moveTicket(open: OpenFindings, move: TicketMove): Promise<{ moved: boolean }> {
  const { issueId, to, comment, mark } = move;
  const again = isRepeat();
  let place = await placeOf(open, issueId, again);
  const wasMarked = again && isSameMark(place.mark, mark);
  let said = wasMarked;
  let isDone: boolean | undefined;
  for (let looks = 1; ; looks += 1) {
    const listed = isAt(place, to) ? [] : await open.transitions.read(issueId, place);
    const chosen = choose(listed, to);
    if (isAt(place, to) || (chosen && chosen.to.id === place.status?.id)) {
      if (!said && !isSameMark(place.mark, mark)) await writeIssue(open, issueId, mark);
      return { moved: false };
    }
    if (!chosen && looks > 1) {
      // an earlier attempt moved it, and from where it is now no such way leads
      if (wasMarked && isDone === (mark.left === 'closed')) return { moved: false };
      throw noWay(place, to, listed);
    }
    try {
      if (chosen) {
        if (comment && !said && chosen.hasScreen !== true) {
          await writeIssue(open, issueId, mark, { update: commentUpdate(comment) });
          said = true;
        }
        await take(open, move, chosen, said);
        open.places.set(issueId, { ...place, status: chosen.to, mark });
        return { moved: true };
      }
    } catch (error) {
      if (looks > 1 || !mayHaveMoved(error)) throw error;
    }
    open.transitions.forget(place);
    ({ isDone, ...place } = await readPlace(open, issueId));
    open.transitions.forget(place);
  }
}

/** As it was looked up a moment ago; read where nothing is known of it. */
async function placeOf(open: OpenFindings, issueId: string, afresh: boolean): Promise<Place> {
  const known = afresh ? undefined : open.places.get(issueId);
  if (known?.status) return known;
  const place = await readPlace(open, issueId);
  // the first new ticket of its kind: the next ones begin where it did
  if (known && place.status) open.places.setInitial(known, place.status);
  return place;
}

function isAt({ status }: Place, to: string): boolean {
  return status !== null && (isAlike(status.name, to) || status.id === to);
}

function choose(listed: readonly WorkflowTransition[], to: string): WorkflowTransition | undefined {
  return (
    listed.find(({ name }) => isAlike(name, to)) ??
    listed.find((one) => isAlike(one.to.name, to)) ??
    listed.find(({ id }) => id === to) ??
    listed.find((one) => one.to.id === to)
  );
}

const isAlike = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();

/** @param said comment and mark are written already */
async function take(
  open: OpenFindings,
  { issueId, comment, mark }: TicketMove,
  transition: WorkflowTransition,
  said: boolean,
): Promise<void> {
  await namingFields(open.fields, () =>
    open.call(`move issue ${issueId} to ${transition.to.name}`, () =>
      doTransition(open.client, {
        issueIdOrKey: issueId,
        transition: { id: transition.id },
        ...(said ? {} : { properties: [markProperty(mark)] }),
        ...(said || !comment ? {} : { update: commentUpdate(comment) }),
      }),
    ),
  );
}

const commentUpdate = (comment: TicketComment) => ({ comment: [{ add: { body: toAdf(comment) } }] });

function noWay({ key, status }: Place, to: string, listed: readonly WorkflowTransition[]): Error {
  const ways = listed.map((one) => `${one.name} (to ${one.to.name})`).join(', ') || 'none';
  const from = status?.name ?? 'its first status';
  const text = `jira: move ${key}: no transition from ${from} is called "${to}" or leads there: ${ways}`;
  return createFailure('Conflict', text, {
    details: { system: 'jira', action: `move ${key} to ${to}`, expected: to, found: ways },
  });
}
