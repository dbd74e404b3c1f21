import type { KnownBlock } from '@slack/web-api';
import type { RequestView } from '../../workflows/approval/messages.ts';
import { cutMrkdwn, toLink } from './notice.ts';
import { toButtons } from './request-buttons.ts';
import { describeDecision, describeMissing, describeState, oneLine, toSlackDate } from './request-words.ts';

export interface RequestMessage {
  /** What notifications and screen readers say. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Slack's limits are 3,000 characters a section, 2,000 a field, 10 fields a section, 50 blocks a message. */
const limits = {
  section: 2_900,
  field: 1_900,
  fieldsPerSection: 10,
  facts: 60,
  decisions: 20,
  links: 10,
  text: 3_000,
};

/** One request as people see it: made of this object and of nothing else, the same object that its digest is over. */
export function toRequestMessage(view: RequestView): RequestMessage {
  const title = oneLine(view.evidence.title);
  const text = cutMrkdwn(
    [title, describeState(view), describeMissing(view)].filter(Boolean).join(' — '),
    limits.text,
  );
  const blocks = [
    section(`*${cutMrkdwn(title, limits.section - 200)}*\n${describeState(view)}`),
    ...toFacts(view),
    ...toSection(toPeople(view)),
    ...toSection(toDecisions(view)),
    ...toSection(toStanding(view)),
    ...toSection([toLinks(view)]),
    ...toChoice(view),
    context(toSmallPrint(view)),
  ];
  return { text, blocks };
}

/** Of whom a reminder or a refusal speaks: title, state and what is missing. */
export function toShortText(view: RequestView): string {
  const head = `*${cutMrkdwn(oneLine(view.evidence.title), limits.section - 1_000)}*`;
  const due = view.deadline === null ? undefined : `until ${toSlackDate(view.deadline)}`;
  return [head, [describeState(view), describeMissing(view), due].filter(Boolean).join(', ')].join('\n');
}

function toFacts({ evidence: { facts } }: RequestView): KnownBlock[] {
  const shown = facts.slice(0, limits.facts).map(({ label, value }) => ({
    type: 'mrkdwn' as const,
    text: cutMrkdwn(`*${cutMrkdwn(oneLine(label), 200)}*\n${oneLine(value) || '—'}`, limits.field),
    verbatim: true,
  }));
  const blocks: KnownBlock[] = [];
  for (let at = 0; at < shown.length; at += limits.fieldsPerSection)
    blocks.push({ type: 'section', fields: shown.slice(at, at + limits.fieldsPerSection) });
  const left = facts.length - shown.length;
  return left > 0 ? [...blocks, section(`… and ${left} more facts: see the run`)] : blocks;
}

function toPeople({ evidence: { requester, authors, changers } }: RequestView): string[] {
  const named = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what} ${nameSome(names)}`];
  return [
    `Asked by ${requester === null ? 'nobody: it came by itself' : oneLine(requester)}`,
    ...named('Authors:', authors),
    ...named('Changed by', changers),
  ];
}

/** A change may have hundreds of authors: all are excluded, the first are named. */
function nameSome(names: readonly string[]): string {
  const left = names.length - 20;
  const named = names.slice(0, 20).map((name) => cutMrkdwn(oneLine(name), 80));
  return `${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function toDecisions({ decisions }: RequestView): string[] {
  const shown = decisions.slice(-limits.decisions);
  const left = decisions.length - shown.length;
  return [...(left > 0 ? [`… and ${left} before`] : []), ...shown.map(describeDecision)];
}

/** What is missing, by when, what was refused, and what happened. */
function toStanding(view: RequestView): string[] {
  const { deadline, refusals, note, revocable } = view;
  const missing = describeMissing(view);
  return [
    ...(missing ? [`*${missing.charAt(0).toUpperCase()}${missing.slice(1)}*`] : []),
    ...(deadline !== null && isOpen(view) ? [`Decide until ${toSlackDate(deadline)}`] : []),
    ...(refusals > 0 ? [`${refusals} ${refusals === 1 ? 'decision was' : 'decisions were'} refused`] : []),
    ...(revocable !== null && canStillRevoke(view) ? [`Can be revoked ${oneLine(revocable)}`] : []),
    ...(note === null ? [] : [`> ${oneLine(note)}`]),
  ];
}

function toLinks({ runLink, evidence: { links } }: RequestView): string {
  const shown = links.filter(({ href }) => href !== runLink).slice(0, limits.links);
  return [...shown, { label: 'Run', href: runLink }].map(toLink).join(' · ');
}

/** Buttons, or where else to decide. */
function toChoice(view: RequestView): KnownBlock[] {
  const buttons = toButtons(view);
  if (buttons.length > 0) return [{ type: 'actions', elements: buttons }];
  if (view.policy.buttons || !isOpen(view)) return [];
  const ticket = view.evidence.subject['ticket'];
  const verb = view.evidence.kind === 'freeze-override' ? 'override' : 'approve';
  const onTicket =
    typeof ticket === 'string' && verb === 'approve' ? `, or comment \`/approve\` on ${oneLine(ticket)}` : '';
  return [section(`Decide with: \`lockkeeper ${verb} ${oneLine(view.workflowId)}\`${onTicket}`)];
}

function toSmallPrint({ policy, evidenceDigest, requestId }: RequestView): string {
  const name = `${oneLine(policy.name)}@${policy.version}${policy.risk === 'high' ? ', high risk' : ''}`;
  return `${name} · evidence ${oneLine(evidenceDigest.slice(0, 12))} · request ${oneLine(requestId.slice(0, 8))}`;
}

function isOpen({ state }: RequestView): boolean {
  return state === 'open' || state === 'info-requested';
}

function canStillRevoke(view: RequestView): boolean {
  return (isOpen(view) || view.state === 'approved') && view.decisions.length > 0;
}

function toSection(lines: readonly string[]): KnownBlock[] {
  const text = lines.join('\n');
  return text === '' ? [] : [section(text)];
}

/** `verbatim`: names and addresses in external text become no links and no mentions. */
function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: cutLines(text), verbatim: true } };
}

function context(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cutLines(text), verbatim: true }] };
}

/** Whole lines, so that no link and no date is cut in two; a first line that is too long alone is cut as text. */
function cutLines(text: string): string {
  if (text.length <= limits.section) return text;
  const kept: string[] = [];
  let left = limits.section - 2;
  for (const line of text.split('\n')) {
    if (line.length + 1 > left) break;
    kept.push(line);
    left -= line.length + 1;
  }
  return kept.length === 0 ? cutMrkdwn(text, limits.section) : `${kept.join('\n')}\n…`;
}
