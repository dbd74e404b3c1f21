import {
  allHandlersFinished,
  condition,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { SecretTicketsPort } from '../../activities/jira/secrets/port.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import type { SecretCallsPort } from '../../activities/temporal/port.ts';
import { resume, status } from '../agent-promotion/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { createFailure } from '../shared/failures.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { isRestored, restorableUntil } from './deletion.ts';
import { mayChange, needsExplanation, toFindingChange, toTarget } from './discrepancy.ts';
import { isLabelOfCall, toJoinWindow } from './label.ts';
import {
  lookAgain,
  secretChangeView,
  type LedgerChange,
  type SecretChangeInput,
  type SecretChangeOutcome,
  type SecretEvent,
  type Verdict,
} from './messages.ts';
import { decideExempt, decideVerdict } from './verdict.ts';

type KnownChange = Pick<LedgerChange, 'event' | 'verdict'>;
type Found = Awaited<ReturnType<SecretTicketsPort['findSecretTickets']>>;

const stepNames = {
  decide: 'Match the change to an approval',
  deletion: 'Watch until the secret is gone',
} as const;
const dayMs = 86_400_000;

/**
 * One change of a secret, or one attempt: into the ledger, then a verdict by what stood at its second; pending for the minutes of
 * grace, in which an approval that was given in time may still be seen. What no approval covers is handed to `secretFinding`. Ends with
 * the verdict, or with the window of a deletion; told later (`lookAgain`) a new run decides again, until the days of grace are over.
 * Signals: `lookAgain` (secretTicket), `resume` (an operator).
 */
export async function secretChange(input: SecretChangeInput): Promise<SecretChangeOutcome> {
  const { eventId, policy, site } = input;
  const progress = createProgress('secret-change', stepNames, workflowInfo().typedSearchAttributes);
  const patience = createPatience((code) => progress.waitFor(code));
  const ledger = activitiesOf<LedgerPort>('aws-audit', 'write');
  const tickets = activitiesOf<SecretTicketsPort>('aws-audit', 'read');
  const calls = activitiesOf<SecretCallsPort>('temporal', 'write');
  let event = input.event;
  let verdict: Verdict | null = null;
  let looks = 0;
  /** As many of them as the last decision knew of. */
  let settled = 0;
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  setHandler(lookAgain, () => void (looks += 1));
  setHandler(secretChangeView, () => ({
    ...{ eventId, event, verdict },
    restorableUntil: event && restorableUntil(event),
  }));

  if (event) progress.describe({ target: toTarget(event) });
  progress.start('decide');
  if (event?.kind === 'label' && (await isJoined(event))) return end('joined');
  const known = await readLedger();
  if (!known) return end('unknown');
  event = known.event;
  if (!input.event) progress.describe({ target: toTarget(event) });
  verdict = await stand(known);
  progress.finish('decide', verdict.verdict);
  const deadline = restorableUntil(event);
  if (deadline !== null && known.verdict?.deletion == null) {
    progress.describe(said(verdict));
    await watchDeletion(event, deadline);
  } else progress.skip('deletion');
  // somebody may have asked while the verdict was written
  while (looks > settled) verdict = await stand(await reread());
  return end(verdict.verdict, verdict);

  async function end(
    name: SecretChangeOutcome['verdict'],
    stands: Verdict | null = null,
  ): Promise<SecretChangeOutcome> {
    progress.end(name, stands ? said(stands) : {});
    await condition(allHandlersFinished);
    const ticket = stands?.ticket ?? null;
    return { eventId, verdict: name, ticket, isFinal: event !== null && isFinal(event) };
  }

  function isFinal({ eventTime }: SecretEvent): boolean {
    return Date.now() >= Date.parse(eventTime) + policy.graceDays * dayMs;
  }

  async function readLedger(): Promise<KnownChange | null> {
    const { foundBy } = input;
    const given = event;
    if (!given) return patience.call('aws', () => ledger.readSecretChange({ eventId }));
    const before = await patience.call('aws', () => ledger.recordChange({ event: given, foundBy }));
    return before ?? { event: given, verdict: null };
  }

  /** The call that moved the label comes with an event of its own, which says who it was. */
  async function isJoined(label: SecretEvent): Promise<boolean> {
    const { secret } = label;
    if (!secret) return false;
    const left = Date.parse(label.eventTime) + policy.graceMinutes * 60_000 - Date.now();
    if (left > 0) await condition(() => looks > 0, left, { summary: 'wait for the call of this label' });
    const near = await patience.call('aws', () => ledger.changesOf({ secret, ...toJoinWindow(label) }));
    return near.some((change) => isLabelOfCall(label, change.event));
  }

  /** @returns the verdict that stands: not a pending one */
  async function stand(known: KnownChange): Promise<Verdict> {
    const before = known.verdict;
    settled = looks;
    if (before && (isFinal(known.event) || before.isFinal || !isOpen(before))) return before;
    for (let round = 0; ; round += 1) {
      settled = looks;
      const { decided, people } = await decide(known.event, round > 0 || before !== null);
      await write(known.event, decided, round === 0 && before === null);
      verdict = decided;
      if (decided.verdict !== 'pending') {
        await hand(known, decided, people);
        return decided;
      }
      progress.describe(said(decided));
      const left = Date.parse(known.event.eventTime) + policy.graceMinutes * 60_000 - Date.now();
      if (left > 0)
        await condition(() => looks > settled, left, { summary: 'an approval may still be seen' });
    }
  }

  /** Of those that stood before, an approval that counts once may have gone to an earlier change. */
  function isOpen({ verdict: name }: Verdict): boolean {
    return mayChange(name) || (name === 'authorised' && policy.singleUse);
  }

  async function decide(of: SecretEvent, fresh: boolean) {
    const exempt = decideExempt(of, policy);
    if (exempt) return { decided: exempt, people: { changer: null, owners: [] } };
    const found = await patience.call('jira', () =>
      tickets.findSecretTickets({ event: of, ...(fresh ? { fresh } : {}) }),
    );
    return { decided: await claim(of, found), people: found };
  }

  /** An approval that counts once has to be this change's own; else the next best ticket is looked at. */
  async function claim(of: SecretEvent, { tickets: all, changer, namedTicket }: Found): Promise<Verdict> {
    const usedBefore: string[] = [];
    for (;;) {
      const nowMs = Date.now();
      const found = decideVerdict({
        ...{ event: of, tickets: all, changer, namedTicket, usedBefore, policy, nowMs },
      });
      const rests = all.find(({ key }) => key === found.ticket);
      if (found.verdict !== 'authorised' || !policy.singleUse || !rests) return found;
      const { issueId } = rests;
      const own = { eventId, eventTime: of.eventTime };
      const { earlier } = await patience.call('temporal', () =>
        calls.claimTicket({ site, issueId, claim: own }),
      );
      if (earlier === null) return found;
      usedBefore.push(issueId);
    }
  }

  async function write(of: SecretEvent, verdict: Verdict, isFirst: boolean): Promise<void> {
    const entry = { eventId, verdict, isFinal: isFinal(of), ...(isFirst ? { isFirst } : {}) };
    await patience.call('aws', () => ledger.recordVerdict(entry));
  }

  /** What changed for the people who are asked about it. */
  async function hand(
    { event: of, verdict: before }: KnownChange,
    decided: Verdict,
    people: Pick<Found, 'changer' | 'owners'>,
  ): Promise<void> {
    const wasTold = before !== null && needsExplanation(before.verdict);
    const isToTell = needsExplanation(decided.verdict);
    if (wasTold === isToTell) return;
    const change = toFindingChange(of, decided, people);
    await patience.call('temporal', async () =>
      isToTell ? void (await calls.reportDiscrepancy({ change })) : calls.clearDiscrepancy({ change }),
    );
  }

  async function watchDeletion(of: SecretEvent, deadline: string): Promise<void> {
    const { secret } = of;
    if (!secret || !verdict) return;
    progress.start('deletion', `until ${deadline}`);
    let deletion: 'restored' | 'ended' | undefined;
    while (!deletion) {
      const left = Date.parse(deadline) - Date.now();
      const later = await patience.call('aws', () =>
        ledger.changesOf({ secret, from: of.eventTime, to: new Date(Date.now()).toISOString() }),
      );
      if (isRestored(of, later)) deletion = 'restored';
      else if (left <= 0) deletion = 'ended';
      else if (await condition(() => looks > settled, left, { summary: 'until the secret is gone' }))
        verdict = await stand({ ...(await reread()), event: of });
    }
    const how = deletion;
    const stands = verdict;
    await patience.call('aws', () =>
      ledger.recordVerdict({ eventId, verdict: stands, isFinal: isFinal(of), deletion: how }),
    );
    progress.finish('deletion', how);
  }

  async function reread(): Promise<LedgerChange> {
    const known = await patience.call('aws', () => ledger.readSecretChange({ eventId }));
    if (known) return known;
    throw createFailure('NotFound', `ledger: ${workflowInfo().workflowId} is not there any more`);
  }
}

function said({ verdict, ticket }: Verdict) {
  return { decision: verdict, ...(ticket === null ? {} : { ticket }) };
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), secretChange);
