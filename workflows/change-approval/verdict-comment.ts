import { type CommentBlock, type TicketComment, paragraph } from '../shared/comment.ts';
import type { ChangeFacts } from './facts.ts';
import type { CheckResult, CheckVerdict, Verdict } from './messages.ts';
import { oneLine } from './one-line.ts';
import type { PlanReport } from './plan-report.ts';

/** What belongs to a verdict when people read it. */
export interface VerdictPage {
  readonly ticket: string;
  readonly facts: ChangeFacts;
  readonly runLink: string;
  /** What `terraform plan` would do; left out or null: nobody reported one. */
  readonly plan?: PlanReport | null;
  /** What happens next, one sentence: whom it was put to, or by which policy it was approved. */
  readonly decision?: string;
}

const words: Readonly<Record<CheckVerdict, string>> = {
  pass: 'passed',
  manual: 'a person decides',
  fail: 'not passed',
  pending: 'not known yet',
};

export const recommendations: Readonly<Record<Verdict['recommends'], string>> = {
  approve: 'Every check passes: approval is recommended.',
  manual: 'Not every check passes: people must decide.',
  wait: 'Not everything is known yet: it is analysed again as soon as it is.',
};

/** C-32, on every ticket. */
export const notCovered =
  'This analysis finds no weaknesses of the design. It replaces neither threat modelling nor a security review.';

/** As stored, Jira takes 32,767 characters; the estimate of the stored form below is on the safe side. */
const budget = 30_000;

/**
 * One table: check, verdict, evidence, and what would make it pass (C-22, X-29). The same facts give the same text, so that an
 * unchanged verdict edits nothing. Shortened until Jira takes it, evidence first.
 */
export function toVerdictComment(verdict: Verdict, page: VerdictPage): TicketComment {
  const sizes = [20, 12, 8, 5, 3, 2, 1];
  const drafts = sizes.map((lines) => draft(verdict, page, lines));
  return drafts.find((each) => storedLength(each) <= budget) ?? draft(verdict, page, 0);
}

function draft(verdict: Verdict, page: VerdictPage, lines: number): TicketComment {
  const { facts, decision, plan, runLink } = page;
  const { policy } = facts;
  return [
    paragraph(`${recommendations[verdict.recommends]}${decision ? ` ${oneLine(decision, 300)}` : ''}`),
    paragraph(`${oneLine(subjectOf(facts), 600)} Policy ${policy.name}@${policy.version}.`),
    {
      type: 'table',
      header: ['Check', 'Verdict', 'Evidence', 'What would make it pass'],
      rows: verdict.checks.map((check) => toRow(check, lines)),
    },
    paragraph(notCovered),
    ...(plan ? planBlocks(plan, lines) : []),
    ...linkBlocks(verdict, facts, lines),
    { type: 'link', before: 'Run: ', label: 'workflow history', href: runLink },
  ];
}

function subjectOf({ request }: ChangeFacts): string {
  const { action, project, build, branch, sha, environment } = request;
  return `To ${action}: build ${build} of ${project}, branch ${branch}, commit ${sha.slice(0, 8)}, to ${environment}.`;
}

function toRow({ title, verdict, found, fix }: CheckResult, lines: number): readonly string[] {
  return [title, words[verdict], firstOf(found, lines).join('\n'), fix];
}

function firstOf(found: readonly string[], lines: number): readonly string[] {
  const shown = found.slice(0, lines).map((line) => oneLine(line, lines > 3 ? 300 : 160));
  return found.length > lines ? [...shown, `and ${found.length - lines} more`] : shown;
}

function planBlocks(
  { risky, counts, reasons, moreReasons, digest }: PlanReport,
  lines: number,
): TicketComment {
  const { create, update, delete: deletes, replace } = counts;
  const said = `Terraform plan ${digest.slice(0, 12)}: ${risky ? 'risky' : 'not risky'}; ${create} to create, ${update} to change, ${replace} to replace, ${deletes} to delete.`;
  const listed = reasons.map(({ rule, address, reason }) => oneLine(`${rule}: ${address}: ${reason}`, 300));
  const more = moreReasons + Math.max(0, listed.length - lines);
  const items = [...listed.slice(0, lines), ...(more > 0 ? [`and ${more} more`] : [])];
  return [paragraph(said), ...(items.length > 0 ? [{ type: 'list', items } as const] : [])];
}

function linkBlocks({ checks }: Verdict, { code }: ChangeFacts, lines: number): TicketComment {
  const ofChecks = checks.flatMap(({ title, links }) =>
    links.slice(0, lines).map((link) => ({ ...link, before: `${title}: ` })),
  );
  const ofMerges = code.mergeRequests.slice(0, lines).map(({ iid, title, href }) => ({
    label: oneLine(`!${iid} ${title}`, 100),
    href,
    before: 'Merge request: ',
  }));
  return [...ofChecks, ...ofMerges].map((link): CommentBlock => ({ type: 'link', ...link }));
}

/** Not less than what Atlassian's document format makes of it: its frame around each text, and two characters for each quote. */
function storedLength(comment: TicketComment): number {
  return comment.reduce(
    (sum, block) => sum + 120 + textsOf(block).reduce((all, text) => all + lengthOf(text), 0),
    0,
  );
}

function lengthOf(text: string): number {
  return text.split('\n').reduce((sum, line) => sum + JSON.stringify(line).length + 60, 100);
}

function textsOf(block: CommentBlock): readonly string[] {
  switch (block.type) {
    case 'paragraph':
    case 'code':
      return [block.text];
    case 'list':
      return block.items;
    case 'table':
      return [...block.header, ...block.rows.flat()];
    case 'link':
      return [block.before ?? '', block.label, block.href];
  }
}
