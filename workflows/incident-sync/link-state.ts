import { findCopies } from './comments.ts';
import type { CommentLink, Link } from './link.ts';
import type { IncidentPolicy } from './messages.ts';
import {
  writableCaseFields,
  type CaseSide,
  type CommentMark,
  type FieldMap,
  type IssueSide,
  type Side,
} from './sides.ts';
import { isStatusAgreed } from './status.ts';
import type { AttachmentCopied, CommentCopied, FieldsWritten, Step } from './steps.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

const change = (link: Link, over: Partial<Link>): Link => ({ ...link, ...over, version: link.version + 1 });

/** No status has this name: whoever has it as its base has moved. */
const never = '';
/** No text has this hash: whatever the original says, its copy is to be looked over. */
const unknown = '';

/** What one field starts from; null: nothing, so that both values count as changed. */
function startOf(
  { direction, caseField }: FieldMap,
  now: Link['fields'][string],
  fresh: Side | null,
): Link['fields'][string] | null {
  if (now.case === now.issue) return now;
  // the issue is new, and empty there: it must not empty the case; but what the case says is kept once the issue speaks
  if (fresh === 'case') return direction === 'to-case' ? { ...now, case: unknown } : now;
  // the case is new: AWS has set some of its values itself
  const isBuiltIn = fresh === 'issue' && direction !== 'to-issue' && writableCaseFields.includes(caseField);
  return isBuiltIn ? now : null;
}

function createFields(
  policy: IncidentPolicy,
  one: CaseSide,
  issue: IssueSide,
  fresh: Side | null,
): Link['fields'] {
  return Object.fromEntries(
    policy.fields.flatMap((map) => {
      const now = { case: one.fields[map.key], issue: issue.fields[map.key] };
      if (now.case === undefined || now.issue === undefined) return [];
      const start = startOf(map, { case: now.case, issue: now.issue }, fresh);
      return start ? [[map.key, start]] : [];
    }),
  );
}

function createStatus(
  policy: IncidentPolicy,
  one: CaseSide,
  issue: IssueSide,
  fresh: Side | null,
): Link['status'] {
  const now = { case: one.status, issue: issue.status };
  if (isStatusAgreed(policy, one, issue)) return now;
  return fresh && { ...now, [fresh]: never };
}

/** From our copies on one side. No hash is known: each copy is looked over once. */
const rebuild = (origin: Side, copies: readonly CommentMark[]): CommentLink[] =>
  [...findCopies(copies)].map(([id, found]) => ({
    ...{ origin, id, hash: unknown, copies: found.copies },
    ...(found.torn && { copyGone: true as const }),
  }));

/**
 * @param fresh the side whose counterpart was just created from it: their fields agree by construction, and its status travels.
 *   Null: both were there, nothing is known of a base. What is equal is one; the rest is left to the policy of conflicts
 */
export function createLink(
  policy: IncidentPolicy,
  ref: Pick<Link, 'issueId' | 'issueKey'>,
  one: CaseSide,
  issue: IssueSide,
  fresh: Side | null,
): Link {
  return {
    issueId: ref.issueId,
    issueKey: ref.issueKey,
    fields: createFields(policy, one, issue, fresh),
    status: createStatus(policy, one, issue, fresh),
    watchers: one.watchers === issue.watchers ? { case: one.watchers, issue: issue.watchers } : null,
    comments: [...rebuild('case', issue.comments), ...rebuild('issue', one.comments)],
    attachments: [],
    version: 1,
  };
}

export function afterFields(link: Link, _step: StepOf<'fields'>, result: FieldsWritten): Link {
  return change(link, { fields: { ...link.fields, ...result.fields } });
}

/** Where both are now, arrived or not: what could not follow is not tried again until one of them moves. */
export function afterStatus(link: Link, status: { readonly case: string; readonly issue: string }): Link {
  return change(link, { status: { case: status.case, issue: status.issue } });
}

function toCommentLink(
  step: StepOf<'comment'>,
  result: CommentCopied,
  known: CommentLink | undefined,
): CommentLink {
  const before = known ?? { origin: step.origin, id: step.id, hash: unknown, copies: step.copies };
  if (step.act === 'mark-deleted')
    return { ...before, deleted: true, ...(result.skipped && { copyGone: true as const }) };
  // made internal while we were at it, and maybe only for a moment: believed when it is said a second time
  if (result.skipped) return { ...before, hash: known?.hash === unknown ? result.hash : unknown };
  return { ...before, hash: result.hash, copies: result.copies };
}

/** An original that went away meanwhile is left to the next plan, which misses it. */
export function afterComment(link: Link, step: StepOf<'comment'>, result: CommentCopied): Link {
  if (result.skipped === 'gone' && step.act !== 'mark-deleted') return change(link, {});
  const index = link.comments.findIndex((one) => one.origin === step.origin && one.id === step.id);
  const entry = toCommentLink(step, result, link.comments[index]);
  return change(link, {
    comments: index < 0 ? [...link.comments, entry] : link.comments.with(index, entry),
  });
}

export function afterAttachment(link: Link, step: StepOf<'attachment'>, result: AttachmentCopied): Link {
  const { origin, id } = step;
  const { state, sha256, copyId } = result;
  const others = link.attachments.filter((one) => one.origin !== origin || one.id !== id);
  return change(link, { attachments: [...others, { origin, id, state, sha256, copyId }] });
}

/**
 * The source was delivered as it is now. What the target had gained itself is not: it keeps its base, though it may only be our own
 * adding that is looked over once more then.
 */
export function afterWatchers(
  link: Link,
  step: StepOf<'watchers'>,
  result: { readonly case: string; readonly issue: string },
): Link {
  const source: Side = step.to === 'case' ? 'issue' : 'case';
  const base = link.watchers ?? { case: unknown, issue: unknown };
  return change(link, { watchers: { ...base, [source]: result[source] } });
}

/** What both sides agree on now, without a step of ours, is their base from now on: after each plan, whatever came of its steps. */
export function settle(link: Link, one: CaseSide, issue: IssueSide, policy: IncidentPolicy): Link {
  if (!one.found || !issue.found) return link;
  const fields = policy.fields.flatMap(({ key }) => {
    const [here, there] = [one.fields[key], issue.fields[key]];
    const base = link.fields[key];
    if (here === undefined || here !== there) return [];
    return base?.case === here && base.issue === there ? [] : [[key, { case: here, issue: there }] as const];
  });
  const status = settledStatus(link, one, issue, policy);
  const watchers = settledWatchers(link, one, issue);
  if (fields.length === 0 && !status && !watchers) return link;
  return change(link, {
    fields: { ...link.fields, ...Object.fromEntries(fields) },
    ...(status && { status }),
    ...(watchers && { watchers }),
  });
}

function settledStatus({ status: base }: Link, one: CaseSide, issue: IssueSide, policy: IncidentPolicy) {
  if (!isStatusAgreed(policy, one, issue)) return null;
  if (base?.case === one.status && base.issue === issue.status) return null;
  return { case: one.status, issue: issue.status };
}

function settledWatchers({ watchers: base }: Link, one: CaseSide, issue: IssueSide) {
  if (one.watchers !== issue.watchers) return null;
  if (base?.case === one.watchers && base.issue === issue.watchers) return null;
  return { case: one.watchers, issue: issue.watchers };
}
