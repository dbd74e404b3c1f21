import type { Evidence } from '../approval/messages.ts';
import type { Analysis } from './analyse.ts';
import type { ChangeFacts } from './facts.ts';
import type { PlanReport } from './plan-report.ts';
import { toVerdictEvidence } from './verdict-evidence.ts';

export interface ShownRun {
  readonly runId: string;
  readonly runLink: string;
}

/** What people are shown before a build is deployed; their approval is for exactly this build, for this run. */
export function toChangeEvidence({ facts, verdict }: Analysis, run: ShownRun): Evidence {
  const { request, code, ticket } = facts;
  const { project, build, environment, action } = request;
  return {
    kind: 'change',
    title: `${action} ${project} build ${build} to ${environment} (${ticket.key})`,
    subject: { ...subjectOf(facts, run) },
    // a plan is asked about on its own: it comes later, and may come again
    facts: toVerdictEvidence(verdict, { ticket: ticket.key, facts, runLink: run.runLink }),
    links: [
      { label: 'Commits', href: code.href },
      ...(facts.build.href === null ? [] : [{ label: 'Build', href: facts.build.href }]),
      { label: 'Run', href: run.runLink },
    ],
    ...peopleOf(facts),
  };
}

/** Of a risky plan: bound to its digest, whatever was approved before (C-44). */
export function toPlanEvidence(facts: ChangeFacts, plan: PlanReport, run: ShownRun): Evidence {
  const { request, ticket } = facts;
  const { counts, reasons, moreReasons } = plan;
  const shown = reasons.slice(0, 15).map(({ address, attribute, rule, reason }) => ({
    label: rule,
    value: `${address}${attribute === null ? '' : ` (${attribute})`}: ${reason}`.slice(0, 300),
  }));
  const more = reasons.length - shown.length + moreReasons;
  return {
    kind: 'change-plan',
    title: `Apply a risky Terraform plan of ${request.project} to ${request.environment} (${ticket.key})`,
    subject: { ...subjectOf(facts, run), planDigest: plan.digest },
    facts: [
      {
        label: 'Changes',
        value: `${counts.create} to create, ${counts.update} to update, ${counts.replace} to replace, ${counts.delete} to delete`,
      },
      ...shown,
      ...(more > 0 ? [{ label: 'More', value: `${more} further reasons, see the ticket` }] : []),
      { label: 'Plan', value: plan.digest },
    ],
    links: [{ label: 'Run', href: run.runLink }],
    ...peopleOf(facts),
  };
}

function subjectOf({ request, ticket }: ChangeFacts, { runId }: ShownRun) {
  const { environment, project, buildJob, build, branch, sha, action, deployJobId } = request;
  const job = deployJobId === null ? {} : { deployJobId };
  return { runId, ticket: ticket.key, environment, project, buildJob, build, branch, sha, action, ...job };
}

/** Whoever wrote, pushed, triggered or asked may not approve it. */
function peopleOf({ request, code, build }: ChangeFacts) {
  const { requester } = request;
  const triggered = [requester.triggeredBy, build.triggeredBy].filter((one) => one !== null);
  const authors = [...new Set([...code.authors, ...triggered])].sort();
  return { requester: requester.person, authors, changers: [] };
}
