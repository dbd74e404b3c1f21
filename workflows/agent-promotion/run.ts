import { setHandler, workflowInfo } from '@temporalio/workflow';
import type { Ec2Port } from '../../activities/ec2/port.ts';
import type { GitlabPort } from '../../activities/gitlab/port.ts';
import type { JiraPort, Ticket } from '../../activities/jira/port.ts';
import type { S3Port } from '../../activities/s3/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import type { TicketComment } from '../shared/comment.ts';
import { failureType } from '../shared/failures.ts';
import { text, wholeNumber } from '../shared/guards.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import {
  holdsChanged,
  pauseWaves,
  pipelineChanged,
  placeChanged,
  resume,
  resumeWaves,
  skipWave,
  status,
  superseded,
  ticketChanged,
  turnGranted,
  turnTaken,
} from './messages.ts';
import type { AccountOutcome, PromotionInput } from './messages.ts';
import type { Publication } from '../../activities/jira/port.ts';
import type { HealthPort } from '../../activities/health/port.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { createPlan, planApprovals } from './dry-run.ts';
import { createPromotionProgress } from './progress.ts';

const rememberedDeliveries = 200;

/** One run of `agentPromotion`: its state, its handlers and its ways to the outside. */
export type Run = ReturnType<typeof createRun>;

/** What a round set out with. */
export interface Begun {
  readonly ticket: Ticket;
  readonly version: string;
}

export function createRun(input: PromotionInput) {
  const { workflowId, runId } = workflowInfo();
  const { policy } = input;
  const where = { site: input.site, issueId: input.issueId };
  const progress = createPromotionProgress();
  const patience = createPatience((code) => progress.waitFor(code));
  const alive = { heartbeatSeconds: policy.heartbeatSeconds };
  const slow = { ...alive, startToCloseMs: 60 * 60_000 };
  const test = { ...alive, startToCloseMs: (policy.instanceDeadlineMinutes + 5) * 60_000 };
  const state = {
    deliveries: [...(input.carried?.deliveries ?? [])],
    /** The ticket changed since it was last read. */
    ticketDirty: false,
    pipelineEvents: 0,
    grantedToken: 0,
    /** How many are ahead, as the queue last said. */
    ahead: undefined as number | undefined,
    round: '0',
    accounts: policy.waves
      .flatMap((wave) => wave.accounts)
      .map((account): AccountOutcome => ({ account, state: 'waiting', detail: '' })),
    /** What was left where, for the drift sweep. */
    publications: [] as Publication[],
    paused: false,
    /** Numbers of waves, from 1. */
    skipped: [] as number[],
    supersededBy: undefined as string | undefined,
    holdChanges: 0,
    turnTakenBy: undefined as string | undefined,
  };

  /** A delivery is counted once; the payload is a hint, never the state. */
  function isNew(payload: unknown): boolean {
    const id = text(payload, 'deliveryId');
    if (id === undefined) {
      progress.ignore();
      return false;
    }
    if (state.deliveries.includes(id)) return false;
    state.deliveries = [...state.deliveries, id].slice(-rememberedDeliveries);
    return true;
  }

  const plan = input.dryRun === true ? createPlan(policy.verifyJob) : undefined;
  const writes = <A extends object>(system: Parameters<typeof activitiesOf>[0], port: A): A =>
    plan ? plan.record(system, port) : port;
  const jira = writes('jira', activitiesOf<JiraPort>('jira', 'write', alive));
  const reads = activitiesOf<JiraPort>('jira', 'read', alive);
  const key = (step: string) => stepKey(workflowId, state.round, step);
  const runLink = `${policy.runLinkBase}${encodeURIComponent(workflowId)}/${runId}`;
  const approvals = plan
    ? planApprovals(plan)
    : createApprovals({
        patience,
        key,
        runLink,
        waitFor: (code, dueBy) => progress.waitFor(code, dueBy),
        heartbeatSeconds: policy.heartbeatSeconds,
      });

  setHandler(ticketChanged, (payload) => {
    if (!isNew(payload)) return;
    state.ticketDirty = true;
    approvals.ticketChanged();
  });
  setHandler(pipelineChanged, (payload) => void (state.pipelineEvents += isNew(payload) ? 1 : 0));
  setHandler(turnGranted, (payload) => {
    const token = wholeNumber(payload, 'token');
    if (token === undefined) progress.ignore();
    else state.grantedToken = Math.max(state.grantedToken, token);
  });
  setHandler(placeChanged, (payload) => {
    const ahead = wholeNumber(payload, 'ahead');
    if (ahead === undefined) progress.ignore();
    else state.ahead = ahead;
  });
  setHandler(superseded, (payload) => void (state.supersededBy ??= text(payload, 'by')));
  setHandler(turnTaken, (payload) => void (state.turnTakenBy ??= text(payload, 'by') ?? 'somebody'));
  setHandler(holdsChanged, () => void (state.holdChanges += 1));
  setHandler(pauseWaves, () => void (state.paused = true));
  setHandler(resumeWaves, () => void (state.paused = false));
  setHandler(skipWave, (payload) => {
    const wave = wholeNumber(payload, 'wave');
    if (wave === undefined || wave < 1 || wave > policy.waves.length) progress.ignore();
    else if (!state.skipped.includes(wave)) state.skipped.push(wave);
  });
  setHandler(resume, () => patience.resume());
  setHandler(status, () => progress.report());

  return {
    input,
    policy,
    where,
    workflowId,
    runId,
    state,
    progress,
    key,
    call: patience.call,
    jira,
    gitlab: writes('gitlab', activitiesOf<GitlabPort>('gitlab', 'write', alive)),
    s3: writes('aws-promotion', activitiesOf<S3Port>('aws-promotion', 'write', slow)),
    s3Reads: activitiesOf<S3Port>('aws-promotion', 'read', alive),
    ec2: writes('aws-promotion', activitiesOf<Ec2Port>('aws-promotion', 'write', alive)),
    ec2Test: writes('aws-promotion', activitiesOf<Ec2Port>('aws-promotion', 'read', test)),
    health: writes(
      'health',
      activitiesOf<HealthPort>('health', 'read', { ...alive, startToCloseMs: 15 * 60_000 }),
    ),
    temporal: writes('temporal', activitiesOf<TemporalPort>('temporal', 'write', alive)),
    approvals,
    /** Of a dry run. */
    plan,
    /** `<Web UI>/…/<workflow id>/<run id>`. */
    runLink,

    /** @returns null when the ticket is gone */
    async readTicket(): Promise<Ticket | null> {
      state.ticketDirty = false;
      try {
        return await patience.call('jira', () => reads.readTicket(where));
      } catch (error) {
        if (failureType(error) === 'NotFound') return null;
        throw error;
      }
    },
    /** Once per round and step. */
    async comment(step: string, body: TicketComment): Promise<void> {
      await patience.call('jira', () => jira.commentTicket({ ...where, key: key(`comment-${step}`), body }));
    },
    setAccount(account: string, outcome: Omit<AccountOutcome, 'account'>) {
      state.accounts = state.accounts.map((entry) =>
        entry.account === account ? { account, ...outcome } : entry,
      );
    },
  };
}
