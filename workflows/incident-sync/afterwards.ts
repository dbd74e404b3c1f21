import { stepKey } from '../shared/names.ts';
import { notices } from './notices.ts';
import { dueReminder, seePending } from './pending.ts';
import { callsOf, keyOf, noticeFacts, now, orPark, refOf, writesOf, type IncidentRun } from './run.ts';
import type { CaseSide } from './sides.ts';
import type { Plan } from './steps.ts';

/** Names under which these park; they are no part of a plan. */
export const afterwardsNames: readonly string[] = ['freeze', 'reminder', 'new-case', 'unlink'];

const dayMs = 86_400_000;

/** What both sides together mean for people and for other processes. @returns why the run is over; undefined: it goes on */
export async function afterwards(run: IncidentRun, one: CaseSide, plan: Plan): Promise<string | undefined> {
  await tellFreeze(run, one);
  run.state = { ...run.state, ...seePending(run.state, one, Date.now()) };
  await remind(run);
  const outcome = plan.reopened ? await seeReopened(run) : undefined;
  await tellParked(run);
  return outcome;
}

/** `freeze` asks the case itself: this only says that there is something to ask. */
async function tellFreeze(run: IncidentRun, one: CaseSide): Promise<void> {
  const severe = one.severe && one.status !== 'Closed';
  if (severe === run.state.severe) return;
  await orPark(run, 'freeze', async () => {
    await callsOf().holdForIncident({ workflowId: run.workflowId });
    run.state = { ...run.state, severe };
  });
}

/** Each reminder once: in the channels, on the issue, and the last one to who is on call. */
async function remind(run: IncidentRun): Promise<void> {
  const { state, policy, patience } = run;
  const due = dueReminder(state, policy, Date.now());
  const ref = refOf(run);
  if (!due || !ref) return;
  const { since, level, isLast } = due;
  run.state = { ...state, reminded: level };
  await notices.pending(noticeFacts(run), due, isLast ? [policy.onCall] : []);
  await orPark(run, 'reminder', async () => {
    const key = keyOf(run, `pending-${since}-${level}`);
    const note = { about: 'customer-pending', since, level } as const;
    await patience.call('incident', () => writesOf(run).writeNote({ ...ref, key, note }));
  });
}

/** AWS reopens no case: people hear of it once, or a new case takes the issue over. */
async function seeReopened(run: IncidentRun): Promise<string | undefined> {
  const said = 'told-reopened';
  if (!run.state.notes.includes(said)) {
    await notices.reopened(noticeFacts(run));
    run.state = { ...run.state, notes: [...run.state.notes, said] };
  }
  return run.policy.reopened === 'new-case' ? followWithNewCase(run) : undefined;
}

/** The tag of the old case stays: it says whose issue it was, so that nobody makes another one of it. */
async function followWithNewCase(run: IncidentRun): Promise<string | undefined> {
  const { connection, workflowId, patience } = run;
  const ref = refOf(run);
  if (!ref) return undefined;
  const { issueId } = ref;
  const port = writesOf(run);
  let outcome: string | undefined;
  await orPark(run, 'new-case', async () => {
    // the same for every run of this case: AWS answers a second one with the first one's case
    const key = stepKey(workflowId, 'once', 'new-case');
    const { caseId } = await patience.call('incident', () =>
      port.createCase({ connection, issueId, key, again: true }),
    );
    await patience.call('incident', () =>
      port.untieIssue({ ...ref, key: keyOf(run, 'untie'), keepTag: true }),
    );
    const event = { deliveryId: `${workflowId}/new-case`, event: 'reopened', side: 'both' } as const;
    await callsOf().tellIncident({ connection, caseId, event: { ...event, issueId } });
    outcome = `followed by case ${caseId}`;
  });
  return outcome;
}

/** At most once a day: a list that nobody empties is no news every hour. */
async function tellParked(run: IncidentRun): Promise<void> {
  const { parked, toldParkedAt } = run.state;
  const isNews = toldParkedAt === null || Date.now() - Date.parse(toldParkedAt) >= dayMs;
  if (parked.length === 0 || !isNews) return;
  run.state = { ...run.state, toldParkedAt: now() };
  await notices.parked(noticeFacts(run), parked, now().slice(0, 16));
}
