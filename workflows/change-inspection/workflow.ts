import {
  allHandlersFinished,
  condition,
  isCancellation,
  log,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { DecisionsPort } from '../../activities/decisions/port.ts';
import type { JiraChangesPort } from '../../activities/jira/changes/port.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { detach } from '../approval/detach.ts';
import { notify } from '../notices/notify.ts';
import { activitiesOf } from '../shared/activities.ts';
import { createFailure, failureMessage, failureType } from '../shared/failures.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { inspectTicket, openTicket, type InspectionActs } from './inspect-ticket.ts';
import { inspection, resume, status, ticketChanged } from './messages.ts';
import type {
  AutoApproved,
  InspectedTicket,
  InspectionInput,
  InspectionOutcome,
  InspectionPolicy,
  InspectionRecord,
  InspectionStarted,
} from './messages.ts';
import { isMonth, isOver, monthBefore } from './month.ts';
import { takeSample, toPopulation, toRankTexts, toSeed, toSeedText } from './sample.ts';
import { startMonth } from './start-month.ts';
import { toDoneNotice, toDrawnNotice, toEmptyNotice, toOverdueNotice, type NoticeText } from './texts.ts';

const stepNames = {
  population: 'Read what was approved automatically',
  draw: 'Draw the sample',
  inspect: 'Inspections by people',
} as const;

const showAtMostMs = 60 * 60 * 1000;
/** A webhook may get lost, and no deadline of days is to wait for it. */
const lookAgainMs = 24 * 60 * 60 * 1000;
const tryAgainMs = 12 * 60 * 60 * 1000;

/**
 * The security team inspects a random sample of one month's automatically approved changes (C-29…C-31): all of it is asked at
 * once, in Slack and on each ticket; `approve` = it was in order, `reject` = a finding, and auto-approval is switched off if the
 * policy says so. What nobody inspects in time is recorded as overdue, escalated and asked again: the run ends when everything
 * is inspected. Signals: `decide` (the gateway), `ticketChanged` (Jira's webhook), `resume` (an operator).
 */
export async function changeInspection(
  input: InspectionInput,
): Promise<InspectionOutcome | InspectionStarted> {
  const { month, policy } = input;
  if (month === null) return startMonth(monthBefore(Date.now()), policy);
  if (!isMonth(month)) throw createFailure('InvalidInput', 'month is not in the form 2026-10');
  if (!isOver(month, Date.now())) throw createFailure('InvalidInput', `${month} is not over yet`);
  return inspectMonth(month, policy);
}

async function inspectMonth(month: string, policy: InspectionPolicy): Promise<InspectionOutcome> {
  const { workflowId, runId } = workflowInfo();
  const { runLinkBase, site } = policy;
  const alive = { heartbeatSeconds: policy.heartbeatSeconds };
  const progress = createProgress('change-inspection', stepNames);
  let asking: { readonly code: string; readonly dueBy?: string | undefined } = { code: '' };
  // what one ticket waits for hides only while it lasts that people are waited for: their inbox reads it
  const showWait = (code: string) =>
    code === '' ? progress.waitFor(asking.code, asking.dueBy) : progress.waitFor(code);
  const patience = createPatience(showWait);
  const jira = activitiesOf<JiraPort & JiraChangesPort>('jira', 'write', alive);
  const reports = activitiesOf<JiraPort>('jira', 'write', { ...alive, startToCloseMs: 15 * 60_000 });
  const temporal = activitiesOf<TemporalPort>('temporal', 'write', alive);
  const decisions = activitiesOf<DecisionsPort>('temporal', 'read', alive);
  const runLink = `${runLinkBase}${encodeURIComponent(workflowId)}/${runId}`;
  const run = { month, runId, runLink, runLinkBase };
  const key = (step: string) => stepKey(workflowId, month, step);
  let record: InspectionRecord | null = null;
  let resumed = 0;
  const approvals = createApprovals({
    patience,
    key,
    runLink,
    waitFor(code, dueBy) {
      asking = { code, dueBy };
      progress.waitFor(code, dueBy);
    },
    ...alive,
  });
  setHandler(inspection, () => record);
  setHandler(status, () => progress.report());
  setHandler(ticketChanged, () => approvals.ticketChanged());
  setHandler(resume, () => {
    resumed += 1;
    patience.resume();
  });

  progress.describe({ target: `inspection of ${month}` });
  progress.start('population');
  const approved = await insist('jira', () => jira.listAutoApproved({ site, month }));
  progress.finish('population', `${approved.length} changes`);
  progress.start('draw');
  const drawn = await draw();
  record = drawn;
  progress.finish('draw', `${drawn.sample.length}, seed ${drawn.seed}`);
  const outcome = drawn.sample.length === 0 ? await reportEmpty(drawn) : await inspectAll(drawn);
  await approvals.shown(showAtMostMs);
  await condition(allHandlersFinished);
  return outcome;

  async function draw(): Promise<InspectionRecord> {
    const population = toPopulation(approved);
    const digest = (texts: readonly string[]) =>
      insist('decisions', () => decisions.digestTexts({ texts })).then(({ digests }) => digests);
    const [digested = ''] = await digest([toSeedText(month, population)]);
    const seed = toSeed(digested);
    const ranks = population.length === 0 ? [] : await digest(toRankTexts(seed, population));
    const sample = takeSample(population, ranks, policy);
    const named = `${policy.name}@${policy.version}`;
    return { month, policy: named, population, seed, sample, tickets: sample.map(openTicket) };
  }

  async function reportEmpty(empty: InspectionRecord): Promise<InspectionOutcome> {
    progress.skip('inspect');
    await tell('empty', toEmptyNotice(month));
    progress.end('empty');
    return { ...empty, outcome: 'empty' };
  }

  async function inspectAll(drawnRecord: InspectionRecord): Promise<InspectionOutcome> {
    progress.start('inspect');
    await tell('drawn', toDrawnNotice(drawnRecord));
    let ended = false;
    detach(async () => {
      while (!(await condition(() => ended, lookAgainMs, { summary: 'look at the tickets again' })))
        approvals.ticketChanged();
    });
    const sampled = drawnRecord.sample.flatMap(
      (ticket) => approved.find((change) => change.ticket === ticket) ?? [],
    );
    const options = { approvals, policy, run, acts: createActs(), insist, now: () => Date.now() };
    const tickets = await Promise.all(sampled.map((change) => inspectTicket(change, options)));
    ended = true;
    const done: InspectionRecord = { ...drawnRecord, tickets };
    record = done;
    const failed = tickets.filter(({ result }) => result === 'failed').length;
    progress.finish('inspect', `${tickets.length - failed} passed, ${failed} failed`);
    progress.describe({ decision: failed === 0 ? 'passed' : 'failed' });
    await tell('done', toDoneNotice(done));
    progress.end('inspected');
    return { ...done, outcome: 'inspected' };
  }

  function createActs(): InspectionActs {
    const where = ({ issueId }: AutoApproved) => ({ site, issueId });
    return {
      async comment(change, step, body) {
        const commentKey = key(`${step}-${change.ticket}`);
        try {
          await patience.call('jira', () => jira.commentTicket({ ...where(change), key: commentKey, body }));
        } catch (error) {
          if (isCancellation(error)) throw error;
          // the ticket is gone or hidden: the result stands in this run's outcome all the same
          log.warn('no comment on an inspected ticket', {
            ticket: change.ticket,
            reason: failureMessage(error),
          });
        }
      },
      report: async (change, finding) => {
        const order = {
          site,
          key: key(`finding-${change.ticket}`),
          issueType: policy.findingIssueType,
          ...finding,
        };
        const { ticket } = await insist('jira', () => reports.createTicket(order));
        return ticket;
      },
      switchOff: (reason, by) =>
        insist('temporal', () =>
          temporal.switchAutoApprovalOff({ by, reason, approval: policy.switchOnApproval }),
        ),
      escalate: ({ ticket }, nth) => tell(`overdue-${ticket}-${nth}`, toOverdueNotice(month, ticket)),
      update: (known) => void (record = record && withTicket(record, known)),
    };
  }

  /** Some failures only a person can mend, in Jira or in the configuration; an audit's step is not left out for that. */
  async function insist<T>(system: string, act: () => Promise<T>): Promise<T> {
    for (;;)
      try {
        return await patience.call(system, act);
      } catch (error) {
        if (isCancellation(error)) throw error;
        log.error('a step of the inspection fails', { system, reason: failureMessage(error) });
        showWait(`${system}:${failureType(error)}`);
        const seen = resumed;
        await condition(() => resumed > seen, tryAgainMs, { summary: `${system}: then send resume` });
        showWait('');
      }
  }

  async function tell(step: string, text: NoticeText) {
    const links = [{ label: 'Inspection', href: runLink }];
    await notify({ key: key(`notice-${step}`), channels: policy.notify, ...text, links });
  }
}

function withTicket(record: InspectionRecord, known: InspectedTicket): InspectionRecord {
  return { ...record, tickets: record.tickets.map((one) => (one.ticket === known.ticket ? known : one)) };
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), changeInspection);
