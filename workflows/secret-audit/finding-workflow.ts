import {
  allHandlersFinished,
  condition,
  setHandler,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import { resume, status, ticketChanged } from '../agent-promotion/messages.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { notify } from '../notices/notify.ts';
import { activitiesOf } from '../shared/activities.ts';
import { isRecord, text } from '../shared/guards.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import {
  describeExplanation,
  toCleared,
  toComment,
  toSummary,
  toTicketBody,
  type Batch,
} from './finding-texts.ts';
import { createInquiry, type FindingCase } from './inquiry.ts';
import {
  cleared,
  discrepancy,
  findings,
  type Explanation,
  type FindingChange,
  type FindingEnd,
  type SecretFindingInput,
  type SecretFindingOutcome,
} from './messages.ts';

const stepNames = { collect: 'Collect what belongs together', ask: 'Ask people' } as const;
const longestCollectMs = 24 * 60 * 60_000;
const mostChanges = 5_000;
const showAtMostMs = 60 * 60_000;

/**
 * What one principal changed without approval. Changes of a minute are one finding: a ticket, “was this you?” to whoever did it and whoever
 * answers for the secrets, and then people who did not do it, who approve afterwards or do not. “Not me”, a refusal and silence are told
 * to channels. It explains a change and heals no verdict. Signals: `discrepancy` and `cleared` (secretChange), `decide` (the gateway),
 * `ticketChanged` (Jira), `resume`.
 */
export async function secretFinding(input: SecretFindingInput): Promise<SecretFindingOutcome> {
  const { workflowId, runId } = workflowInfo();
  const { order, actor } = input;
  const runLink = `${order.runLinkBase}${encodeURIComponent(workflowId)}/${runId}`;
  const key = (step: string) => stepKey(workflowId, runId, step);
  const progress = createProgress('secret-finding', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  const jira = activitiesOf<JiraPort>('jira', 'write');
  const ledger = activitiesOf<LedgerPort>('aws-audit', 'write', { startToCloseMs: 30 * 60_000 });
  const clears = new Map<string, string>();
  const ends: FindingEnd[] = [];
  let waiting: readonly FindingChange[] = [];
  let known: ReadonlySet<string> = new Set();
  let open = 0;
  let count = 0;
  const approvals = createApprovals({
    ...{ patience, key, runLink },
    waitFor: (code, due) => progress.waitFor(code, due),
  });
  const isCleared = (eventId: string) => clears.has(eventId);
  const inquiry = createInquiry({ approvals, order, run: { runId, runLink }, isCleared });
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  setHandler(findings, () => ends);
  setHandler(ticketChanged, () => approvals.ticketChanged());
  setHandler(discrepancy, (payload) => {
    const change = readChange(payload);
    if (!change || known.size >= mostChanges) return progress.ignore();
    clears.delete(change.eventId);
    if (known.has(change.eventId)) return;
    known = new Set([...known, change.eventId]);
    waiting = [...waiting, change];
  });
  setHandler(cleared, (payload) => {
    const eventId = text(payload, 'eventId');
    if (eventId === undefined || !known.has(eventId)) return progress.ignore();
    clears.set(eventId, text(payload, 'verdict') ?? 'authorised');
  });

  progress.start('collect');
  progress.describe({ target: actor.slice(0, 200) });
  do {
    await playAll();
    await approvals.shown(showAtMostMs);
    await condition(allHandlersFinished);
  } while (waiting.length > 0);
  progress.end(ends.at(-1)?.end ?? 'cleared');
  return { findings: ends };

  async function playAll(): Promise<void> {
    const running: Promise<void>[] = [];
    for (;;) {
      await condition(() => waiting.length > 0 || open === 0);
      if (waiting.length === 0) break;
      await collect();
      const [all, changes] = [waiting, waiting.filter(({ eventId }) => !isCleared(eventId))];
      waiting = [];
      forgetCleared(all);
      if (changes.length > 0) running.push(handle({ nth: (count += 1), actor, changes }));
    }
    await Promise.all(running);
  }

  /** Until nothing came for as long. The more findings are open, the longer: a principal who goes on is not asked each minute. */
  async function collect(): Promise<void> {
    const ms = Math.min(order.collectSeconds * 1000 * 2 ** Math.min(open, 20), longestCollectMs);
    for (let round = 0; round < 5; round += 1) {
      const before = waiting.length;
      await sleep(ms, { summary: 'collect what belongs together' });
      if (waiting.length === before) return;
    }
  }

  async function handle(batch: Batch): Promise<void> {
    open += 1;
    try {
      const finding = { batch, ...(await file(batch)) };
      progress.start('ask', finding.ticket);
      progress.describe({ ticket: finding.ticket });
      const end = await explain(finding);
      ends.push({ ticket: finding.ticket, changes: batch.changes.length, end });
    } finally {
      open -= 1;
      forgetCleared(batch.changes);
    }
  }

  /** What was cleared may be reported again: an approval that counts once may turn out to be an earlier change's. */
  function forgetCleared(changes: readonly FindingChange[]): void {
    const cleared = new Set(changes.map(({ eventId }) => eventId).filter(isCleared));
    known = new Set([...known].filter((eventId) => !cleared.has(eventId)));
  }

  function file(batch: Batch) {
    const { site, project, issueType } = order;
    const body = toTicketBody(batch, runLink);
    const labels = ['secret-audit'];
    const [summary, once] = [toSummary(batch), key(`finding-${batch.nth}`)];
    return patience.call('jira', () =>
      jira.createTicket({ site, project, issueType, key: once, summary, body, labels }),
    );
  }

  /** Whoever did it is asked first; what others decide afterwards is counted apart. */
  async function explain(finding: FindingCase): Promise<FindingEnd['end']> {
    const said = await inquiry.wasThisYou(finding);
    if (!said) return clear(finding);
    await write(finding, said);
    if (said.kind !== 'me') await escalate(finding, said);
    if (said.kind === 'not-me') return said.kind;
    const after = await inquiry.approveAfterwards(finding, said);
    if (!after) return clear(finding);
    await write(finding, after);
    if (after.kind !== 'approved-afterwards') await escalate(finding, after);
    return after.kind;
  }

  async function write(finding: FindingCase, explanation: Explanation): Promise<void> {
    const { changes, nth } = finding.batch;
    const eventIds = changes.map(({ eventId }) => eventId).filter((id) => !isCleared(id));
    await patience.call('aws', () => ledger.explainChanges({ eventIds, explanation }));
    await comment(finding, `${nth}-${explanation.kind}`, `${capital(describeExplanation(explanation))}.`);
  }

  async function clear(finding: FindingCase): Promise<'cleared'> {
    const { changes, nth } = finding.batch;
    const verdicts = changes.flatMap(({ eventId }) => clears.get(eventId) ?? []);
    await comment(finding, `${nth}-cleared`, toCleared([...new Set(verdicts)]));
    return 'cleared';
  }

  function comment({ issueId }: FindingCase, step: string, said: string) {
    const body = toComment(said, runLink);
    return patience.call('jira', () =>
      jira.commentTicket({ site: order.site, issueId, key: key(step), body }),
    );
  }

  /** Silence is told, too. */
  function escalate({ batch, ticket }: FindingCase, said: Explanation): Promise<void> {
    return notify({
      key: key(`escalate-${batch.nth}-${said.kind}`),
      channels: order.channels,
      title: `${ticket}: ${toSummary(batch)}`,
      lines: [capital(describeExplanation(said))],
      links: [{ label: 'Run', href: runLink }],
    });
  }
}

function capital(said: string): string {
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function readChange(payload: unknown): FindingChange | undefined {
  if (!isRecord(payload)) return undefined;
  const needed = ['eventId', 'eventTime', 'eventName', 'account', 'region', 'secret', 'actor', 'verdict'];
  if (needed.some((field) => text(payload, field) === undefined)) return undefined;
  const { owners } = payload;
  if (!Array.isArray(owners) || owners.some((one) => typeof one !== 'string')) return undefined;
  return payload as unknown as FindingChange;
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), secretFinding);
