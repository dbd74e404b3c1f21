import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  patched,
  setHandler,
  setWorkflowOptions,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { FindingsPort } from '../../activities/findings/port.ts';
import { resume, status } from '../agent-promotion/messages.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { activitiesOf } from '../shared/activities.ts';
import { createFailure, failureMessage, failureType } from '../shared/failures.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { createFloodQuestions } from './flood.ts';
import { findings, recheck, requestPass, retryParked, type HaloSyncInput } from './messages.ts';
import { afterAsking, afterPage, askAboutFlood, failPass, finishPass, nextPage, startPass } from './pass.ts';
import { withRecheck, withRetry } from './parked.ts';
import { waitForIndexMs } from './recent.ts';
import { isFindingPolicy, readRequest, readRetry, retryRequestId, withRequest } from './requests.ts';
import { readCarried, toNote, toView } from './view.ts';

const stepNames = {
  idle: 'Wait for the next pass',
  pass: 'Pass',
  flood: 'Ask people about many new findings',
} as const;

/** A page asks the source and Jira for some hundred findings; under a storm of 429 that takes its time. */
const pageMs = 10 * 60 * 1000;

/**
 * The one writer of the tickets of one source of findings: takes requests, runs one pass at a time, page by page, and knows the
 * watermark, what was created lately and what could not be written. Runs for ever from the first request. Signals: `requestPass`
 * (schedules, CLI), `retryParked`, `recheck` (acceptances that end), `decide` (people, on a flood), `resume`. A final failure ends
 * the pass, never the run: the next request begins at the watermark.
 */
export async function haloSync(input: HaloSyncInput): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  if (!isFindingPolicy(input.policy)) throw createFailure('InvalidInput', 'haloSync: policy is malformed');
  const { maxHistoryLength = 4_000 } = input;
  const { source } = input.policy;
  let policy = input.policy;
  let state = readCarried(input.carried);
  const runLink = `${policy.runLinkBase}${workflowId}`;
  const progress = createProgress('halo-sync', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));

  setHandler(findings, () => toView(policy, state));
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  setHandler(requestPass, (payload) => {
    const said = readRequest(payload, source);
    if (!said) return progress.ignore();
    const { policy: newest, ...request } = said;
    policy = newest;
    state = withRequest(state, request);
  });
  setHandler(retryParked, (payload) => {
    const ids = readRetry(payload);
    if (!ids) return progress.ignore();
    tryAgain(withRetry(state.parked, ids));
  });
  setHandler(recheck, (payload) => {
    const ids = readRetry(payload);
    if (!ids?.length) return progress.ignore();
    tryAgain(withRecheck(state.parked, ids, Date.now()));
  });
  const approvals = createApprovals({
    patience,
    key: (step) => stepKey(workflowId, runId, step),
    runLink,
    waitFor: (code, dueBy) => progress.waitFor(code, dueBy),
  });
  const floods = createFloodQuestions(approvals);
  progress.describe({ target: source });
  showIdle();

  // an open question would have to be asked again by the next run, so that it waits for longer
  const outlived = condition(() => workflowInfo().historyLength > 2 * maxHistoryLength);
  outlived
    .then(() => floods.void('this goes on in a new run, where it is asked again'))
    .catch(ignoreCancellation);

  for (;;) {
    await condition(() => state.waiting.length > 0 || state.running !== null || mustContinueAsNew());
    if (mustContinueAsNew()) break;
    if (state.running) await goOn();
    else await begin();
  }
  await approvals.shown(60_000);
  await condition(() => approvals.idle() && allHandlersFinished());
  await continueAsNew<typeof haloSync>({ ...input, policy, carried: state });

  function tryAgain(parked: typeof state.parked) {
    const request = { kind: 'pass', since: null, requestId: retryRequestId(uuid4()) } as const;
    state = withRequest({ ...state, parked }, request);
  }

  async function begin() {
    const waitMs = waitForIndexMs(state, policy, Date.now());
    if (waitMs > 0) {
      progress.waitFor('jira:index', new Date(Date.now() + waitMs).toISOString());
      const summary = 'until Jira’s search knows what was created';
      await condition(mustContinueAsNew, waitMs, { summary });
      return;
    }
    state = startPass(state, policy, Date.now());
    showPass();
  }

  /** One page of the pass that runs, or its end. */
  async function goOn() {
    const page = nextPage(state, policy);
    if (!page) return end(finishPass(state, Date.now()));
    const { heartbeatSeconds } = policy;
    const options = { heartbeatSeconds, startToCloseMs: pageMs };
    const { syncPage } = activitiesOf<FindingsPort>('halo', 'write', options);
    const result = await orFail(() => patience.call('halo', () => syncPage(page)));
    if (!result) return;
    state = afterPage(state, page, result, Date.now());
    showPass();
    if (result.flooded > 0) await askPeople(result.flooded);
  }

  async function askPeople(flooded: number) {
    const { running } = state;
    // the rules may have changed since the page was asked for
    if (!running || !policy.flood) return;
    const facts = { policy, flood: policy.flood, running, flooded, runId, runLink };
    state = askAboutFlood(state);
    progress.start('flood', `${flooded} wait`);
    const answer = await orFail(() => floods.ask(facts));
    if (answer === undefined) return;
    progress.finish('flood', answer ?? 'nobody decided');
    if (answer === null)
      return end(
        failPass(state, 'nobody decided in time about more new findings than the limit', Date.now()),
      );
    state = afterAsking(state, answer === 'again' ? null : answer, Date.now());
    showPass();
  }

  /** What fails for good ends the pass with its reason. */
  async function orFail<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      if (isCancellation(error)) throw error;
      const reason = `${failureType(error)}: ${failureMessage(error)}`;
      log.error('a pass failed', { source, reason });
      end(failPass(state, reason, Date.now()));
      return undefined;
    }
  }

  function end(next: typeof state) {
    state = next;
    const report = state.reports.at(-1);
    if (report?.error) progress.fail('pass', report.error);
    else if (report) progress.finish('pass', toNote(report));
    showIdle();
  }

  function showPass() {
    const report = state.running?.report;
    if (report) progress.start('pass', toNote(report));
  }

  function showIdle() {
    const count = state.parked.length;
    progress.start('idle', count === 0 ? '' : `${count} parked`);
    // a list of runs that need a person has it
    if (count > 0 && patched('parked-findings')) progress.waitFor('finding:Parked');
  }

  function mustContinueAsNew(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return (continueAsNewSuggested || historyLength > maxHistoryLength) && approvals.idle();
  }
}

function ignoreCancellation(error: unknown) {
  if (!isCancellation(error)) throw error;
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), haloSync);
