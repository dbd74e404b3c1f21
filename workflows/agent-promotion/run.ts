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
import { pipelineChanged, placeChanged, resume, status, ticketChanged, turnGranted } from './messages.ts';
import type { AccountOutcome, PromotionInput } from './messages.ts';
import { createProgress } from './progress.ts';

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
  const progress = createProgress();
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
      .flat()
      .map((account): AccountOutcome => ({ account, state: 'waiting', detail: '' })),
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

  setHandler(ticketChanged, (payload) => void (state.ticketDirty ||= isNew(payload)));
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
  setHandler(resume, () => patience.resume());
  setHandler(status, () => progress.report());

  const jira = activitiesOf<JiraPort>('jira', 'write', alive);
  const reads = activitiesOf<JiraPort>('jira', 'read', alive);
  const key = (step: string) => stepKey(workflowId, state.round, step);

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
    gitlab: activitiesOf<GitlabPort>('gitlab', 'write', alive),
    s3: activitiesOf<S3Port>('aws-promotion', 'write', slow),
    ec2: activitiesOf<Ec2Port>('aws-promotion', 'write', alive),
    ec2Test: activitiesOf<Ec2Port>('aws-promotion', 'read', test),
    temporal: activitiesOf<TemporalPort>('temporal', 'write', alive),
    /** `<Web UI>/…/<workflow id>/<run id>`. */
    runLink: `${policy.runLinkBase}${encodeURIComponent(workflowId)}/${runId}`,

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
