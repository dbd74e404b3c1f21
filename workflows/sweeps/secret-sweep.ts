import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { TrailPort } from '../../activities/cloudtrail/port.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import type { SecretCallsPort } from '../../activities/temporal/port.ts';
import { notify } from '../notices/notify.ts';
import { completeRef } from '../secret-audit/arn.ts';
import type { CoverageGap, SecretEvent } from '../secret-audit/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { paragraph, type TicketComment } from '../shared/comment.ts';
import { versioned } from '../shared/versioning.ts';
import type { SecretSweepInput, SecretSweepReport } from './secret-messages.ts';

/** What the next pass of the schedule begins with. */
interface Swept extends SecretSweepReport {
  /** ISO 8601 UTC: up to when it has looked. */
  readonly until: string;
}

const minuteMs = 60_000;
/** CloudTrail answers a quarter of an hour late; an event that is younger may still come by itself. */
const settledMs = 30 * minuteMs;
/** What was late for CloudTrail itself. */
const overlapMs = 60 * minuteMs;
/** A first pass: as far as events that wait in a queue reach back. */
const firstMs = 4 * 24 * 60 * minuteMs;
/** Clocks of a call and of the metadata that it leaves. */
const apartMs = 5 * minuteMs;
const mostShown = 20;

/**
 * The safety net under the events, for one account and region: what CloudTrail knows and the ledger does not is audited now, and is a gap
 * of our own coverage; so is a secret that changed without a call that is known. Up to when it has looked is in its result, which the
 * schedule hands on.
 */
export async function secretSweep(input: SecretSweepInput): Promise<Swept> {
  const { account, region } = input;
  const place = { account, region };
  const last = workflowInfo().lastResult as Swept | undefined;
  const untilMs = Date.now() - settledMs;
  const fromMs = last ? Date.parse(last.until) - overlapMs : untilMs - firstMs;
  const window = { from: toIso(fromMs), to: toIso(untilMs) };
  const trail = activitiesOf<TrailPort>('aws-audit', 'read');
  const ledger = activitiesOf<LedgerPort>('aws-audit', 'write');
  const calls = activitiesOf<SecretCallsPort>('temporal', 'write');
  const report = { looked: 0, missed: 0, unseen: 0, unreadable: 0 };

  const missed = await findMissed();
  const unseen = await findUnseen();
  const gaps = [...missed, ...unseen];
  const fresh = gaps.length > 0 ? await ledger.recordGaps({ gaps }) : [];
  if (fresh.length > 0) await tell(fresh);
  return { ...report, missed: missed.length, unseen: unseen.length, until: window.to };

  async function findMissed(): Promise<CoverageGap[]> {
    const found: CoverageGap[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<TrailPort['lookUpChanges']>> = await trail.lookUpChanges({
        ...{ ...place, ...window, cursor },
      });
      report.looked += page.events.length;
      report.unreadable += page.unreadable;
      found.push(...(await audit(page.events)));
      cursor = page.cursor;
    } while (cursor !== null);
    return found;
  }

  /** Those whose run is new: one that runs has its event. */
  async function audit(events: readonly SecretEvent[]): Promise<CoverageGap[]> {
    if (events.length === 0) return [];
    const ids = await ledger.findMissing({ eventIds: events.map(({ eventId }) => eventId) });
    const missing = events.filter(({ eventId }) => ids.includes(eventId));
    if (missing.length === 0) return [];
    const { started } = await calls.startSecretChanges({ events: missing });
    return missing
      .filter(({ eventId }) => started.includes(eventId))
      .map(({ eventId, eventTime, secret }) => ({
        ...{ kind: 'missed', ...place, eventId, secretArn: secret?.arn ?? null, at: eventTime },
      }));
  }

  async function findUnseen(): Promise<CoverageGap[]> {
    const changed = await trail.listChangedSecrets({ ...place, from: window.from });
    const gaps: CoverageGap[] = [];
    for (const { arn, at } of changed) {
      const [ms, secret] = [Date.parse(at), completeRef(arn)];
      if (!secret || ms > untilMs) continue;
      const near = { from: toIso(ms - apartMs), to: toIso(ms + apartMs) };
      const known = await ledger.changesOf({ secret, ...near });
      if (known.length === 0) gaps.push({ kind: 'unseen', ...place, eventId: null, secretArn: arn, at });
    }
    return gaps;
  }

  async function tell(gaps: readonly CoverageGap[]): Promise<void> {
    const { site, project, issueType, channels } = input;
    const { workflowId, runId } = workflowInfo();
    const key = `${workflowId}/${runId}/gaps`;
    const title = `${gaps.length} changes of secrets did not reach the audit by themselves (${account}, ${region})`;
    const jira = activitiesOf<JiraPort>('jira', 'write');
    const { ticket } = await jira.createTicket({
      ...{ site, project, issueType, key, summary: title, labels: ['secret-audit', 'audit-coverage'] },
      body: toBody(gaps),
    });
    await notify({
      key,
      channels,
      title: `${ticket}: ${title}`,
      lines: gaps.slice(0, 5).map(describe),
      links: [],
    });
  }
}

function toBody(gaps: readonly CoverageGap[]): TicketComment {
  const more = gaps.length - mostShown;
  return [
    paragraph(
      'This is about the audit itself: what it was not told of by an event. Look at the rule, the topic and the queue.',
    ),
    { type: 'list', items: gaps.slice(0, mostShown).map(describe) },
    ...(more > 0 ? [paragraph(`And ${more} more.`)] : []),
  ];
}

function describe({ kind, eventId, secretArn, at }: CoverageGap): string {
  const what = secretArn ?? 'a secret that CloudTrail does not name';
  return kind === 'missed'
    ? `${at}: ${what}, event ${eventId ?? ''}: found by CloudTrail and audited now`
    : `${at}: ${what} changed, and no call is known`;
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

setWorkflowOptions(versioned('PINNED'), secretSweep);
