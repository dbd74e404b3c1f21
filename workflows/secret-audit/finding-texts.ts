import type { Evidence } from '../approval/messages.ts';
import { paragraph, type CommentBlock, type TicketComment } from '../shared/comment.ts';
import type { Explanation, FindingChange } from './messages.ts';

/** What people are told about changes that no approval covers. Names of secrets and principals are data. */

/** So many stand in ticket and question; all of them are in the ledger. */
const mostShown = 20;

export interface Batch {
  /** From 1, within the run. */
  readonly nth: number;
  readonly actor: string;
  readonly changes: readonly FindingChange[];
}

/** Who is asked “was this you?”: whoever did it and whoever answers for the secrets, each once. */
export function peopleOf({ changes }: Batch): readonly string[] {
  return [
    ...new Set(changes.flatMap(({ changer, owners }) => [...(changer ? [changer] : []), ...owners])),
  ].sort();
}

function changersOf({ changes }: Batch): readonly string[] {
  return [...new Set(changes.flatMap(({ changer }) => changer ?? []))].sort();
}

export function toSummary({ changes, actor }: Batch): string {
  const [first] = changes;
  const what =
    changes.length === 1 && first
      ? `${first.eventName} of ${first.secret}`
      : `${changes.length} changes of secrets`;
  return `${what} without approval by ${shortActor(actor)}`.slice(0, 200);
}

/** The end of an ARN says who it was. */
function shortActor(actor: string): string {
  return actor.replace(/^arn:aws[a-z-]*:(?:sts|iam)::/, '');
}

export function toTicketBody(batch: Batch, runLink: string): TicketComment {
  return [
    paragraph(`By ${batch.actor}. No approval that stood when it happened covers this:`),
    toTable(batch.changes),
    ...toRest(batch.changes),
    paragraph('The verdict is by what stood at that second. Editing a ticket afterwards does not change it.'),
    toLink(runLink),
  ];
}

function toTable(changes: readonly FindingChange[]): CommentBlock {
  return {
    type: 'table',
    header: ['When (UTC)', 'Call', 'Secret', 'Account, region', 'Verdict', 'Why'],
    rows: changes
      .slice(0, mostShown)
      .map(({ eventTime, eventName, secret, account, region, verdict, reason }) => [
        ...[eventTime, eventName, secret, `${account}, ${region}`, verdict, reason],
      ]),
  };
}

function toRest(changes: readonly FindingChange[]): CommentBlock[] {
  const more = changes.length - mostShown;
  const restorable = changes.flatMap(({ secret, restorableUntil: until }) =>
    until === null ? [] : [`${secret}: can be restored until ${until}`],
  );
  return [
    ...(more > 0 ? [paragraph(`And ${more} more: lockkeeper secrets list shows them all.`)] : []),
    ...(restorable.length > 0 ? [{ type: 'list' as const, items: restorable.slice(0, mostShown) }] : []),
  ];
}

/** What is asked is bound to these changes: the digest is over their ids. */
export function toQuestion(
  batch: Batch,
  run: { readonly runId: string; readonly runLink: string },
): Evidence {
  return {
    ...toEvidence(batch, run),
    kind: 'secret-question',
    title: `Was this you? ${toSummary(batch)}`,
    choices: [{ id: 'me', label: 'It was me' }],
    requester: null,
    changers: [],
  };
}

/** @param said of whoever was asked · nobody who made the changes decides */
export function toAfterwards(
  batch: Batch,
  said: Explanation,
  run: { readonly runId: string; readonly runLink: string },
): Evidence {
  const { facts, ...rest } = toEvidence(batch, run);
  const changers = changersOf(batch);
  return {
    ...rest,
    kind: 'secret-afterwards',
    title: `Approve afterwards? ${toSummary(batch)}`,
    facts: [...facts, { label: 'What was said', value: describeExplanation(said) }],
    requester: changers[0] ?? null,
    changers,
  };
}

function toEvidence(
  { changes, actor }: Batch,
  { runId, runLink }: { readonly runId: string; readonly runLink: string },
): Omit<Evidence, 'kind' | 'title' | 'requester' | 'changers'> {
  const shown = changes.slice(0, 10).map(({ eventTime, eventName, secret, reason }, index) => ({
    label: `Change ${index + 1}`,
    value: `${eventTime} ${eventName} of ${secret}: ${reason}`.slice(0, 300),
  }));
  const more = changes.length - shown.length;
  return {
    subject: { runId, changes: changes.map(({ eventId }) => eventId).slice(0, 1_000) },
    facts: [
      { label: 'By', value: actor },
      ...shown,
      ...(more > 0 ? [{ label: 'And', value: `${more} more` }] : []),
    ],
    links: [{ label: 'Run', href: runLink }],
    authors: [],
  };
}

export function describeExplanation({ kind, by, text }: Explanation): string {
  const why = text === '' ? '' : `: ${text}`;
  switch (kind) {
    case 'me':
      return `${by ?? 'somebody'} says that it is known${why}`;
    case 'not-me':
      return `${by ?? 'somebody'} says that it was nobody’s doing${why}`;
    case 'unanswered':
      return 'nobody answered in time';
    case 'approved-afterwards':
      return `approved afterwards by ${by ?? 'somebody'}${why}`;
    case 'rejected-afterwards':
      return `not approved afterwards by ${by ?? 'somebody'}${why}`;
  }
}

/** @param verdicts that they have now */
export function toCleared(verdicts: readonly string[]): string {
  return `An approval was found for every change here (${verdicts.join(', ')}).`;
}

export function toComment(text: string, runLink: string): TicketComment {
  return [paragraph(text), toLink(runLink)];
}

function toLink(href: string): CommentBlock {
  return { type: 'link', before: 'Run: ', label: 'workflow history', href };
}
