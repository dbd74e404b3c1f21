import { condition } from '@temporalio/workflow';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureType } from '../shared/failures.ts';
import { afterwards, afterwardsNames } from './afterwards.ts';
import { chosenSides, standingAnswers, unanswered } from './answers.ts';
import { dropAnswered, dropSettled, expectedBy } from './expected.ts';
import { seeGone } from './gone.ts';
import { createLink, settle } from './link-state.ts';
import { planSync } from './plan.ts';
import { keyOf, now, orPark, readsOf, refOf, writesOf, type IncidentRun } from './run.ts';
import type { CaseSide, IssueSide } from './sides.ts';
import { stepName, type Plan, type Step } from './steps.ts';
import { takeStep } from './take-step.ts';

/**
 * One look at both sides, and every write that it asks for.
 * @returns why the run is over; undefined: it goes on
 */
export async function syncOnce(run: IncidentRun): Promise<string | undefined> {
  const mayWrite = run.dirty || run.comparing?.only !== true;
  run.dirty = false;
  if (await isPausedAbove(run)) return undefined;
  run.progress.start('read');
  const { comparing } = run;
  const { parked } = run.state;
  let outcome: string | undefined;
  const isDone = await orPark(run, 'read', async () => {
    const { one, issue } = await readSides(run);
    // known also where the issue cannot be seen: such a run ends as well
    const closedAt = one.status === 'Closed' ? (run.state.closedAt ?? now()) : null;
    run.state = { ...run.state, closedAt };
    if (!run.state.link || !issue) outcome = mayWrite ? await link(run, one) : compared(run, ['issue']);
    else if (!issue.found) await missed(run, one, issue, mayWrite);
    else outcome = await write(run, one, issue, mayWrite);
    run.state = { ...run.state, syncs: run.state.syncs + 1 };
  });
  // asked again it would fail again, at once and for ever: its silence is listed
  if (!isDone && run.comparing === comparing) run.comparing = null;
  // what only compares has tried nothing of what is parked
  if (!mayWrite) run.state = { ...run.state, parked };
  return outcome;
}

async function missed(run: IncidentRun, one: CaseSide, issue: IssueSide, mayWrite: boolean): Promise<void> {
  compared(run, ['issue']);
  if (mayWrite) await seeGone(run, one, issue);
}

/** The connection, or everything, is paused: whoever ends that tells this run to go on. */
async function isPausedAbove(run: IncidentRun): Promise<boolean> {
  const { connection } = run;
  const { paused } = await activitiesOf<IncidentCallsPort>('temporal', 'read').readPause({ connection });
  if (!paused) return false;
  run.progress.waitFor('paused');
  await condition(() => run.dirty || run.leaving);
  return true;
}

async function readSides(run: IncidentRun): Promise<{ one: CaseSide; issue: IssueSide | null }> {
  const { connection, caseId, patience, policy } = run;
  const { fields } = policy;
  const port = readsOf(run);
  const known = run.state.link;
  const [one, issue] = await Promise.all([
    patience.call('incident', () => port.readCase({ connection, caseId, fields, withTag: known === null })),
    known && patience.call('incident', () => port.readIssue({ connection, issueId: known.issueId, fields })),
  ]);
  return { one, issue };
}

/** The tag says which issue a case was made of; else one is found or made (B2, B3). */
async function link(run: IncidentRun, one: CaseSide): Promise<string | undefined> {
  if (!one.found) return 'no such case';
  if (one.route === '') return 'its route gives it no issue';
  const { connection, patience, policy } = run;
  const tagged = one.issueTag?.startsWith(`${connection}/`)
    ? one.issueTag.slice(connection.length + 1)
    : undefined;
  const given = run.wanted ?? tagged;
  const made = await findIssue(run, given, tagged).catch((error: unknown) => {
    // reopened, its issue has another case by now
    if (one.status === 'Closed' && failureType(error) === 'Conflict') return null;
    throw error;
  });
  if (!made) return 'its issue has another case';
  const { issueId, issueKey, fresh } = made;
  const issue = await patience.call('incident', () =>
    readsOf(run).readIssue({ connection, issueId, fields: policy.fields }),
  );
  run.state = { ...run.state, link: createLink(policy, { issueId, issueKey }, one, issue, fresh) };
  run.progress.describe({ ticket: issueKey });
  compared(run, ['issue']);
  // comments and files of the time before are still to be copied
  run.dirty = true;
  return undefined;
}

/** `fresh`: which side the other was just made of; a case that was tagged, and is tied only now, was made of its issue. */
async function findIssue(run: IncidentRun, given: string | undefined, tagged: string | undefined) {
  const { connection, caseId, workflowId, patience } = run;
  const ref = { connection, caseId, workflowId };
  const port = writesOf(run);
  return patience.call('incident', async () => {
    if (given === undefined) {
      const { created, ...ids } = await port.ensureIssue({ ...ref, key: keyOf(run, 'issue') });
      return { ...ids, fresh: created ? ('case' as const) : null };
    }
    const { issueKey, wasTied } = await port.tieIssue({ ...ref, issueId: given, key: keyOf(run, 'tie') });
    return { issueId: given, issueKey, fresh: given === tagged && !wasTied ? ('issue' as const) : null };
  });
}

async function write(
  run: IncidentRun,
  one: CaseSide,
  issue: IssueSide,
  mayWrite: boolean,
): Promise<string | undefined> {
  const { policy } = run;
  const { link: known, expected, notes } = run.state;
  if (!known) return undefined;
  const answers = standingAnswers(run.state.answers, one, issue);
  const sides = { case: one, issue };
  const plan = planSync({ policy, link: known, ...sides, answers: chosenSides(answers), expected, notes });
  compared(run, differencesOf(plan));
  if (!mayWrite) return undefined;
  run.state = {
    ...run.state,
    ...{ link: settle(known, one, issue, policy), expected: dropSettled(expected, plan) },
    ...{ hold: plan.hold, answers, gone: null, conflicts: plan.conflicts.map(({ key }) => key) },
  };
  ask(run, plan);
  if (plan.steps.length > 0) run.progress.start('write', `${plan.steps.length} steps`);
  for (const step of plan.steps) await take(run, step, one, issue);
  // what was parked and is not to be done any more is nobody's business
  const left = new Set([...plan.steps.map(stepName), ...afterwardsNames]);
  run.state = { ...run.state, parked: run.state.parked.filter(({ name }) => left.has(name)) };
  return afterwards(run, one, plan);
}

function ask({ conflicts, policy, state, caseId, workflowId, runId }: IncidentRun, plan: Plan): void {
  const runLink = `${policy.runLinkBase}${workflowId}`;
  const facts = { policy, caseId, issueKey: state.link?.issueKey ?? '', runId, runLink };
  conflicts.see(unanswered(plan.conflicts, state.answers), facts);
}

async function take(run: IncidentRun, step: Step, one: CaseSide, issue: IssueSide): Promise<void> {
  const { link: before } = run.state;
  const known = refOf(run);
  if (!before || !known) return;
  const name = stepName(step);
  // noted before the call: what comes back like this is an echo
  run.state = { ...run.state, expected: [...run.state.expected, ...expectedBy(step, one, issue)] };
  const ref = { ...known, key: keyOf(run, `${name}-${before.version}`) };
  await orPark(run, name, async () => {
    const { policy, patience } = run;
    const taking = { port: writesOf(run), policy, case: one, issue, link: before, ref };
    const after = await patience.call('incident', () => takeStep(step, taking));
    const { notes, expected } = run.state;
    run.state = {
      ...run.state,
      ...{ link: after, expected: dropAnswered(expected, step) },
      notes: step.kind === 'note' ? [...notes, step.name].slice(-500) : notes,
    };
  });
}

/** The answer to a comparison, if there is one that asks. */
function compared(run: IncidentRun, differs: readonly string[]): undefined {
  const { comparing } = run;
  if (comparing) run.state = { ...run.state, drift: { deliveryId: comparing.deliveryId, differs } };
  run.comparing = null;
}

/** What the plan would mend: it was missed by events and by the sweep. Notes are words of ours, and no difference. */
function differencesOf({ steps, conflicts }: Plan): readonly string[] {
  const names = steps.flatMap((step) => {
    switch (step.kind) {
      case 'fields':
        return step.keys;
      case 'issue-status':
      case 'case-status':
        return ['status'];
      case 'note':
        return [];
      default:
        return [step.kind === 'watchers' ? step.kind : `${step.kind}s`];
    }
  });
  return [...new Set([...names, ...conflicts.map(({ key }) => key)])];
}

/** Takes our property, label and tag off. @returns false: refused, which is parked until somebody asks again; the link stays */
export async function leave(run: IncidentRun): Promise<boolean> {
  run.leaving = false;
  const ref = refOf(run);
  if (!ref) return true;
  return orPark(run, 'unlink', async () => {
    await run.patience.call('incident', () => writesOf(run).untieIssue({ ...ref, key: keyOf(run, 'untie') }));
  });
}
