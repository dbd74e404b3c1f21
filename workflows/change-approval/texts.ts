import type { Scan } from './facts.ts';
import type { TicketComment } from '../shared/comment.ts';
import { paragraph } from '../shared/comment.ts';
import type { ChangeRequest, GivenDetails } from './messages.ts';
import type { PlanReport } from './plan-report.ts';

/** What is written on change tickets. External text stands in it as data. */

const asked: Readonly<Record<keyof GivenDetails, string>> = {
  summary: 'Summary',
  justification: 'Justification: why this change is needed',
  rollbackPlan: 'Rollback plan: how it is taken back',
  components: 'Components',
};

export function describeRequest(request: ChangeRequest, runLink: string): TicketComment {
  const { requester } = request;
  const who = requester.person ?? 'somebody who is not known (no ID token)';
  return [
    paragraph(
      `Change request of build ${request.build} of ${request.project} for ${request.environment}, asked for by ${who}.`,
    ),
    paragraph('Lockkeeper analyses it and writes what it finds in one comment, which it keeps up to date.'),
    { type: 'link', label: 'Run', href: runLink },
  ];
}

export function askForDetails(missing: readonly (keyof GivenDetails)[]): TicketComment {
  if (missing.length === 0) return [paragraph('All required data is there.')];
  return [
    paragraph(
      'Some required data could not be filled in automatically. Please set these fields of this ticket:',
    ),
    { type: 'list', items: missing.map((name) => asked[name]) },
    paragraph('The CI job waits; it may also give them with `lockkeeper gate request --ask`.'),
  ];
}

export function mismatch(lines: readonly string[]): TicketComment {
  return [
    paragraph('No deploy: what CI wants to deploy, or what this ticket says, is not what was approved.'),
    { type: 'list', items: lines },
    paragraph('Correct the ticket, or ask for the right build with `lockkeeper gate request`.'),
  ];
}

export function notEnough(missing: string): TicketComment {
  return [
    paragraph(`The status Approved alone does not allow the deploy: ${missing}.`),
    paragraph(
      'The ticket goes back to manual review. Decide with /approve in a comment, in Slack, or with the CLI.',
    ),
  ];
}

export function riskyPlan(plan: PlanReport): TicketComment {
  const rows = plan.reasons
    .slice(0, 40)
    .map(({ address, attribute, rule, reason }) => [address, attribute ?? '', rule, reason]);
  const more = plan.reasons.length - rows.length + plan.moreReasons;
  return [
    paragraph(
      'The Terraform plan is risky: the deploy is paused until people approve this plan. Earlier approvals do not count for it.',
    ),
    { type: 'table', header: ['Resource', 'Attribute', 'Rule', 'Why'], rows },
    ...(more > 0 ? [paragraph(`and ${more} more`)] : []),
    paragraph(`Digest of the plan: ${plan.digest}`),
  ];
}

export function deployed(facts: {
  seconds: number;
  by: string;
  url: string | null;
  runLink: string;
}): TicketComment {
  return [
    paragraph(`Deployed successfully in ${facts.seconds} s. ${facts.by}`),
    ...(facts.url === null ? [] : [{ type: 'link', label: 'Deploy job', href: facts.url } as const]),
    { type: 'link', label: 'Run', href: facts.runLink },
  ];
}

export function deployFailed(facts: {
  reason: string;
  url: string | null;
  before: string | null;
}): TicketComment {
  const back =
    facts.before === null
      ? 'There is no earlier approved build.'
      : `The last approved change before is ${facts.before}.`;
  return [
    paragraph(`The deploy failed: ${facts.reason}.`),
    ...(facts.url === null ? [] : [{ type: 'link', label: 'Deploy job', href: facts.url } as const]),
    paragraph(
      `Forward: move this ticket to “Waiting for approval”; it is analysed and approved again, then the same build may be deployed. Back: take the change back by its rollback plan and move this ticket to “Canceled”. ${back}`,
    ),
  ];
}

export function ended(reason: string): TicketComment {
  return [paragraph(`This change is over: ${reason}. Nothing was deployed by it.`)];
}

/** For the field Scan status, at most 255 characters. */
export function scanStatus(scans: readonly Scan[]): string {
  const said = scans.map(({ name, state }) => `${name} ${state}`).join(', ');
  return (said || 'none required').slice(0, 250);
}
