import { Context } from '@temporalio/activity';
import type { DecisionsPort } from '../../activities/decisions/port.ts';
import type { Ec2Port } from '../../activities/ec2/port.ts';
import type { GitlabChangesPort } from '../../activities/gitlab/changes/port.ts';
import type { GitlabPort } from '../../activities/gitlab/port.ts';
import type { FindingAcceptancePort } from '../../activities/finding-acceptance/port.ts';
import type { FindingsPort } from '../../activities/findings/port.ts';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import type { HealthPort } from '../../activities/health/port.ts';
import type { TrailPort } from '../../activities/cloudtrail/port.ts';
import type { SecretTicketsPort } from '../../activities/jira/secrets/port.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import type { JiraChangesPort } from '../../activities/jira/changes/port.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { S3Port } from '../../activities/s3/port.ts';
import type { SlackPort } from '../../activities/slack/port.ts';
import type { IncidentCallsPort, SecretCallsPort, TemporalPort } from '../../activities/temporal/port.ts';
import type { System } from '../../workflows/shared/names.ts';

/** Hand-written stubs, typed from the ports: a changed activity breaks them at compile time. */
export interface Stubs {
  /** A world of changes has the verbs of changes, another has none. */
  readonly jira: JiraPort & Partial<JiraChangesPort>;
  readonly gitlab: GitlabPort & Partial<GitlabChangesPort>;
  readonly slack: SlackPort;
  readonly 'aws-promotion': S3Port & Ec2Port;
  readonly temporal: TemporalPort & Partial<IncidentCallsPort & SecretCallsPort>;
  readonly health: HealthPort;
  /** Of a world of findings. */
  readonly halo?: Partial<FindingsPort & FindingAcceptancePort>;
  /** Of a world of incidents. */
  readonly 'aws-incident'?: Partial<IncidentPort>;
  /** Of a world of secrets. */
  readonly 'aws-audit'?: Partial<LedgerPort & SecretTicketsPort & TrailPort>;
  /** Of the workflows' own queue. */
  readonly decisions: DecisionsPort;
}

const worlds = new Map<string, Stubs>();

/** Activities of this workflow (and of its children, whose ids contain it) are answered by these stubs. */
export function registerStubs(workflowId: string, stubs: Stubs): void {
  worlds.set(workflowId, stubs);
}

/** Every verb of every port, by the queue that runs it. */
export const verbs = {
  jira: [
    'readTicket',
    'transitionTicket',
    'assignTicket',
    'commentTicket',
    'linkTicket',
    'findTickets',
    'askOnTicket',
    'attestDecisions',
    'recordPublications',
    'readPublications',
    'createTicket',
    'findChange',
    'createChange',
    'readChange',
    'fillChange',
    'linkChange',
    'moveChange',
    'approveChange',
    'writeComment',
    'readHistory',
    'findChanges',
    'listAutoApproved',
  ],
  gitlab: [
    'ensurePipeline',
    'readPipeline',
    'cancelPipeline',
    'readBuild',
    'reviewCode',
    'readScans',
    'setCommitStatus',
    'playDeployJob',
    'readJob',
    'answerStatusCheck',
    'retryStatusChecks',
  ],
  slack: ['postNotice', 'showRequest', 'remind', 'tellRefusal', 'tellPerson'],
  'aws-promotion': [
    'pinInstaller',
    'copyToTest',
    'publishObject',
    'publishManifest',
    'readAccount',
    'findDrift',
    'rollBackManifest',
    'launchTestInstance',
    'awaitTestResult',
    'terminateInstance',
    'terminateByKey',
    'listOwnInstances',
  ],
  temporal: [
    'joinQueue',
    'describeRun',
    'startPromotions',
    'findOrphans',
    'readHolds',
    'openWave',
    'findOverdueReviews',
    'readLastOutcome',
    'judgeSteal',
    'judgeLift',
    'readAutoApproval',
    'switchAutoApprovalOff',
    'judgeSwitchOn',
    'nudgeChanges',
    'nudgeProject',
    'findApprovedChange',
    'requestHaloPass',
    'tellIncident',
    'tellIncidents',
    'tellIntakes',
    'readPause',
    'wakeIncidents',
    'holdForIncident',
    'listIncidents',
    'readDrift',
    'startSecretChanges',
    'tellSecretChanges',
    'claimTicket',
    'tellSecretTicket',
    'reportDiscrepancy',
    'clearDiscrepancy',
  ],
  health: ['probe'],
  halo: ['syncPage', 'readAcceptanceRequest', 'acceptFinding', 'endAcceptance'],
  'aws-incident': [
    'readCase',
    'readIssue',
    'ensureIssue',
    'tieIssue',
    'untieIssue',
    'writeFields',
    'moveIssue',
    'moveCase',
    'copyComment',
    'copyAttachment',
    'addWatchers',
    'writeNote',
    'tellCase',
    'createCase',
    'readSeverity',
    'readIssueTie',
    'sweepCases',
    'sweepIssues',
  ],
  'aws-audit': [
    'recordChange',
    'readSecretChange',
    'recordVerdict',
    'explainChanges',
    'changesOf',
    'briefsOf',
    'findMissing',
    'recordGaps',
    'exportDays',
    'lookUpChanges',
    'listChangedSecrets',
    'findSecretTickets',
    'recordSecretTicket',
  ],
  decisions: ['digestEvidence', 'digestTexts', 'verifyDecisions', 'planReminders'],
} as const satisfies { readonly [Q in keyof Stubs]: readonly (keyof NonNullable<Stubs[Q]>)[] };

type StubbedSystem = System | 'temporal' | 'decisions';

/** The activities of one system, each answered by the stubs of the workflow that calls. */
export function stubbedActivities(system: StubbedSystem): Record<string, (input: unknown) => unknown> {
  return Object.fromEntries(
    verbs[system].map((verb) => [verb, (input: unknown) => answer(system, verb, input)]),
  );
}

function answer(system: StubbedSystem, verb: string, input: unknown): unknown {
  const id = Context.current().info.workflowExecution?.workflowId ?? '';
  const stubs = worlds.get(id) ?? [...worlds].find(([known]) => id.includes(known))?.[1];
  if (!stubs) throw new Error(`no stubs for ${id}`);
  const port = stubs[system] as unknown as Record<string, (input: unknown) => unknown>;
  const act = port[verb];
  if (!act) throw new Error(`no stub for ${system}.${verb}`);
  return act.call(port, input);
}
