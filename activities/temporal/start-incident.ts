import { toIncidentPolicy } from '../../config/incident-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { setPause, type IncidentControlInput } from '../../workflows/incident-control/messages.ts';
import { issueChanged, type IncidentIntakeInput } from '../../workflows/incident-intake/messages.ts';
import {
  incidentChanged,
  type IncidentEvent,
  type IncidentSyncInput,
} from '../../workflows/incident-sync/messages.ts';
import {
  incidentControlId,
  incidentIntakeId,
  incidentSyncId,
  workflowTypes,
} from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { TemporalStarter } from './temporal-starter.ts';

type Starter = Pick<TemporalStarter, 'signalWithStart'>;

/** Characters, as the workflows read them. */
const longestDeliveryId = 200;
const longestEvent = 80;

export interface CaseHint {
  /** Name of a connection. */
  readonly connection: string;
  readonly caseId: string;
  readonly event: Omit<IncidentEvent, 'policy'>;
}

/**
 * Tells the one writer of a link that a side changed, and starts it when it does not run: an update of a case that nobody knows
 * makes its issue (S-88). Safe to repeat: the run knows the deliveries that it had.
 * @returns its workflow id
 * @throws Error no such connection
 */
export async function startIncident(starter: Starter, config: Config, hint: CaseHint): Promise<string> {
  const { connection, caseId, event } = hint;
  const policy = toIncidentPolicy(config, connection);
  const { issueId } = event;
  const input: IncidentSyncInput = {
    ...{ connection, caseId, policy },
    ...(issueId === undefined ? {} : { issueId }),
  };
  const workflowId = incidentSyncId(connection, caseId);
  await starter.signalWithStart(
    {
      ...{ workflowType: workflowTypes.incidentSync, workflowId, taskQueue: config.temporal.taskQueue },
      input,
      staticSummary: `Case ${caseId} of ${connection} and its issue`.slice(0, 200),
      searchAttributes: [
        { key: attributes.process, value: 'incident-sync' },
        { key: attributes.target, value: connection },
      ],
    },
    { name: incidentChanged.name, payload: { ...shorten(event), policy } satisfies IncidentEvent },
  );
  return workflowId;
}

export interface IssueHint {
  readonly connection: string;
  /** Numeric id; or a key where nothing else is known: that run only tells the one of the id. */
  readonly issueId: string;
  readonly deliveryId: string;
  readonly event: string;
}

/**
 * Has somebody look at an issue: whether a case is tied to it, or is to be made of it. Safe to repeat.
 * @returns its workflow id
 * @throws Error no such connection
 */
export async function startIntake(starter: Starter, config: Config, hint: IssueHint): Promise<string> {
  const { connection, issueId, deliveryId, event } = hint;
  const input: IncidentIntakeInput = { connection, issueId, policy: toIncidentPolicy(config, connection) };
  const workflowId = incidentIntakeId(connection, issueId);
  await starter.signalWithStart(
    {
      ...{ workflowType: workflowTypes.incidentIntake, workflowId, taskQueue: config.temporal.taskQueue },
      input,
      staticSummary: `Look at issue ${issueId} of ${connection}`.slice(0, 200),
      searchAttributes: [
        { key: attributes.process, value: 'incident-intake' },
        { key: attributes.target, value: connection },
      ],
    },
    { name: issueChanged.name, payload: shorten({ deliveryId, event }) },
  );
  return workflowId;
}

export interface PauseOrder {
  /** Name of a connection, or `*`. */
  readonly scope: string;
  readonly paused: boolean;
  readonly by: string;
  readonly reason: string;
}

/** Pauses a connection or everything, or lets it go on. Safe to repeat. */
export async function tellPause(starter: Starter, config: Config, order: PauseOrder): Promise<void> {
  const input: IncidentControlInput = {};
  await starter.signalWithStart(
    {
      workflowType: workflowTypes.incidentControl,
      workflowId: incidentControlId,
      taskQueue: config.temporal.taskQueue,
      input,
      staticSummary: 'Which connections of incidents are paused',
      searchAttributes: [{ key: attributes.process, value: 'incident-control' }],
    },
    { name: setPause.name, payload: order },
  );
}

function shorten<E extends { readonly deliveryId: string; readonly event: string }>(hint: E): E {
  return {
    ...hint,
    deliveryId: hint.deliveryId.slice(0, longestDeliveryId),
    event: hint.event.slice(0, longestEvent),
  };
}
