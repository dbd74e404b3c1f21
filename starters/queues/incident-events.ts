import { startIncident } from '../../activities/temporal/start-incident.ts';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { ConnectionConfig } from '../../config/incident-schema.ts';
import type { Config } from '../../config/parse-config.ts';
import { readCaseEvents, type CaseEvent } from './case-events.ts';
import type { QueueMessage, QueueOutcome } from './consume-queue.ts';

export interface IncidentEventOptions {
  readonly config: Config;
  readonly temporal: Pick<TemporalStarter, 'signalWithStart'>;
  /** Those that this queue is for; a case of another account or region is nobody's here. */
  readonly connections: readonly ConnectionConfig[];
}

/**
 * Events of cases to the runs of their links. Each may begin one: an update of a case that nobody knows makes its issue (S-88). What of a
 * body can be read is handed over even where the rest cannot.
 */
export function handleIncidentEvents(options: IncidentEventOptions) {
  return async ({ body }: QueueMessage): Promise<QueueOutcome> => {
    const read = readCaseEvents(body);
    const events = read.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
    const told = await Promise.all(events.map((event) => tell(options, event)));
    const faults = [
      ...read.flatMap((one) => (one.kind === 'malformed' ? [one.reason] : [])),
      ...told.flatMap((one) => (one === 'foreign' ? ['account and region are of no connection'] : [])),
    ];
    if (faults.length > 0)
      return { kind: 'refused', result: 'malformed', reason: [...new Set(faults)].slice(0, 3).join('; ') };
    if (events.length > 0) return { kind: 'accepted', result: 'told' };
    const [reason = ''] = read.flatMap((one) => (one.kind === 'ignored' ? [one.reason] : []));
    return { kind: 'accepted', result: 'ignored', reason };
  };
}

/** @throws when Temporal has not accepted it */
async function tell(
  { config, temporal, connections }: IncidentEventOptions,
  { id, detailType, account, region, caseId }: CaseEvent,
): Promise<'told' | 'foreign'> {
  const own = connections.filter((one) => one.account === account && one.region === region);
  const event = { deliveryId: id, event: detailType, side: 'case' } as const;
  await Promise.all(
    own.map(({ name }) => startIncident(temporal, config, { connection: name, caseId, event })),
  );
  return own.length > 0 ? 'told' : 'foreign';
}
