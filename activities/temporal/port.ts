import type {
  ApprovalPolicy,
  Grant,
  RefusalRule,
  VerifiedDecision,
} from '../../workflows/approval/messages.ts';
import type { AutoApprovalView } from '../../workflows/auto-approval/messages.ts';
import type { OpenWaveRequest, WaveAnswer } from '../../workflows/freeze/messages.ts';
import type { PromotionOutcome } from '../../workflows/agent-promotion/messages.ts';
import type { PassKind } from '../../workflows/halo-sync/messages.ts';
import type {
  Claim,
  ClaimAnswer,
  FindingChange,
  SecretEvent,
} from '../../workflows/secret-audit/messages.ts';
import type { IncidentEvent } from '../../workflows/incident-sync/messages.ts';
import type { EnqueueRequest, EnqueueResult } from '../../workflows/promotion-queue/messages.ts';
import type { NudgeResult } from '../../workflows/sweeps/change-sweep.ts';
import type { IncidentDriftReport } from '../../workflows/sweeps/incident-messages.ts';
import type { ChangeTicket } from '../jira/changes/port.ts';
import type { TicketSummary } from '../jira/port.ts';

export type RunState = 'running' | 'closed' | 'not-found';

/** Activities that talk to Temporal itself only: they run on the workflows' own queue and hold no vendor credential. */
export interface TemporalPort {
  /** Update-with-start, never blocking (design §4). */
  joinQueue(input: EnqueueRequest): Promise<EnqueueResult>;
  describeRun(input: { workflowId: string; runId: string }): Promise<RunState>;
  /** Starts or nudges the promotion of each ticket; a running one only gets a signal. */
  startPromotions(input: { tickets: readonly TicketSummary[]; reason: string }): Promise<{ started: number }>;
  /** Which of these tickets have no running promotion. */
  findOrphans(input: { tickets: readonly TicketSummary[] }): Promise<readonly TicketSummary[]>;
  /** Holds of people and incidents at `freeze`, and the calendar windows of this worker's configuration. No answer = held. */
  readHolds(input: { hotfix: boolean }): Promise<HoldsReport>;
  /** Begins a wave at `freeze` unless something is held. Asking again is safe. */
  openWave(input: OpenWaveRequest & { hotfix: boolean }): Promise<WaveAnswer | HoldsReport>;
  /** Overdue reviews of this person's earlier break-glass decisions, by workflow id. */
  findOverdueReviews(input: { person: string }): Promise<readonly string[]>;
  /** The result of the workflow's newest closed run; null when there is none or it failed. */
  readLastOutcome(input: { workflowId: string }): Promise<PromotionOutcome | null>;
  /**
   * Verifies one envelope that reached the queue, and whether this worker's configuration lets its person free the turn. Not a
   * local activity: its answer cancels timers, and the SDK replays a timer that was started in the same task otherwise.
   */
  judgeSteal(input: { envelope: string }): Promise<StealJudgement>;
  /**
   * Checks by this worker's own policy and keys that people allowed to lift this hold in the calling run.
   * @returns why not, in words; null: it may be lifted
   */
  judgeLift(input: { holdId: string; grant: Grant }): Promise<{ objection: string | null }>;
  /** Whether policies may approve changes by themselves. Never started = on. @throws Unavailable no answer: whoever asks takes it for off */
  readAutoApproval(): Promise<AutoApprovalView>;
  /** Signal-with-start: safe to repeat, the workflow knows the reasons that it has. */
  switchAutoApprovalOff(input: { by: string; reason: string; approval: ApprovalPolicy }): Promise<void>;
  /**
   * Checks by this worker's own policy and keys that people allowed to switch auto-approval on in the calling run.
   * @param input.since of the switching off that they were shown
   */
  judgeSwitchOn(input: { since: string; grant: Grant }): Promise<SwitchOnJudgement>;
  /**
   * Signals the run of each ticket. One without a run gets one if it is in Draft or Waiting and names a build of a controlled
   * environment; one whose change is over may be under inspection: running inspections are told.
   */
  nudgeChanges(input: { changes: readonly ChangeNudge[] }): Promise<NudgeResult>;
  /** Tells every running change of a GitLab project to look at its code again. */
  nudgeProject(input: { project: string; event: string }): Promise<{ signalled: number }>;
  /** Whether a change of this commit is approved, by the search attributes of its run: a little behind, never ahead. */
  findApprovedChange(input: { project: string; sha: string }): Promise<{ approved: boolean }>;
  /** Signal-with-start of the one writer of a source, with the policy of this worker's configuration. @throws NotFound no such source */
  requestHaloPass(input: { source: string; kind: PassKind; requestId: string }): Promise<void>;
}

/** Incidents: runs that are told, runs that are asked. */
export interface IncidentCallsPort {
  /** Signal-with-start of `incidentSync` with the policy of this worker's configuration. @throws NotFound no such connection */
  tellIncident(input: {
    connection: string;
    caseId: string;
    event: Omit<IncidentEvent, 'policy'>;
  }): Promise<void>;
  /** The same of many cases: one call a case, at most 20 at once. */
  tellIncidents(input: {
    connection: string;
    caseIds: readonly string[];
    event: Omit<IncidentEvent, 'policy' | 'issueId'>;
  }): Promise<{ told: number }>;
  /** Signal-with-start of `incidentIntake`. */
  tellIntakes(input: {
    connection: string;
    issueIds: readonly string[];
    deliveryId: string;
  }): Promise<{ told: number }>;
  /** Whether the connection, or everything, is paused; `incident-control` never started = it is not. */
  readPause(input: { connection: string }): Promise<{ paused: boolean; reason: string | null }>;
  /** Tells every running incident of the scope to go on. @param input.scope a connection, or `*` */
  wakeIncidents(input: { scope: string }): Promise<{ told: number }>;
  /** Asks `freeze` to look at this incident, which it starts if need be; without a configured freeze nothing happens. */
  holdForIncident(input: { workflowId: string }): Promise<void>;
  /** One page of running incidents of a connection, for the nightly comparison: at most 100. @param input.cursor null: the first */
  listIncidents(input: {
    connection: string;
    cursor: string | null;
  }): Promise<{ caseIds: readonly string[]; cursor: string | null }>;
  /** Which of these have looked because of this delivery, and what they found to differ. */
  readDrift(input: { connection: string; caseIds: readonly string[]; deliveryId: string }): Promise<{
    readonly looked: readonly string[];
    readonly differences: IncidentDriftReport['differences'];
  }>;
}

/** The audit of secrets: runs that are started and told. Each is safe to repeat. */
export interface SecretCallsPort {
  /** Starts `secretChange` of events that the audit did not hear of. @returns ids of those whose run is new */
  startSecretChanges(input: { events: readonly SecretEvent[] }): Promise<{ started: readonly string[] }>;
  /** Signal-with-start of `secretChange`: one that has ended decides again by the ledger. At most 20 at once. */
  tellSecretChanges(input: { eventIds: readonly string[]; deliveryId: string }): Promise<{ told: number }>;
  /** Update-with-start of `secretTicket`. @returns the earlier change that the approval belongs to; null: it is this one's */
  claimTicket(input: { site: string; issueId: string; claim: Claim }): Promise<ClaimAnswer>;
  /** Signal-with-start of `secretTicket`. */
  tellSecretTicket(input: { issueId: string; deliveryId: string; event: string }): Promise<void>;
  /** Signal-with-start of `secretFinding` of whoever did it. */
  reportDiscrepancy(input: { change: FindingChange }): Promise<{ workflowId: string }>;
  /** Tells that run, if there is one, that an approval was found. */
  clearDiscrepancy(input: { change: FindingChange }): Promise<void>;
}

/** A change ticket that changed. */
export interface ChangeNudge {
  readonly key: string;
  readonly issueId: string;
  /** Null: no run is tied to it yet. */
  readonly workflowId: string | null;
  readonly status: ChangeTicket['status'];
  readonly build: ChangeTicket['build'];
}

export interface SwitchOnJudgement {
  /** Why not, in words; null: it may be switched on. */
  readonly objection: string | null;
  /** The rules of this worker's configuration, to ask under next time; null: it has none. */
  readonly approval: ApprovalPolicy | null;
}

export interface StealJudgement {
  readonly decision: VerifiedDecision;
  /** Of a decision that is valid as such. */
  readonly refusal: { readonly rule: RefusalRule; readonly text: string } | null;
  /** Of the turn that is to be freed. */
  readonly token: number | null;
}

export interface HoldsReport {
  readonly open: boolean;
  readonly holds: readonly {
    readonly kind: 'person' | 'incident' | 'calendar' | 'no-answer';
    readonly source: string;
    readonly reason: string;
    /** ISO 8601 UTC; null: open-ended. */
    readonly until: string | null;
  }[];
}
