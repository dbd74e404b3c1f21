import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { findConnection } from '../../config/incident-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { pauses } from '../../workflows/incident-control/messages.ts';
import { incidentHold } from '../../workflows/freeze/messages.ts';
import { incident, incidentChanged, type IncidentView } from '../../workflows/incident-sync/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import {
  freezeId,
  incidentControlId,
  incidentSyncId,
  parseIncidentSyncId,
  searchAttributeNames,
  workflowTypes,
} from '../../workflows/shared/names.ts';
import type { IncidentCallsPort } from './port.ts';
import { ensureFreeze } from './start-freeze.ts';
import { startIncident, startIntake } from './start-incident.ts';
import { createTemporalStarter } from './temporal-starter.ts';
import { unavailable } from './unavailable.ts';

const callsAtOnce = 20;
/** Of one page of the nightly comparison. */
const pageSize = 100;

/** Signals may come twice: runs know the deliveries that they had. */
export function createIncidentCalls({
  client,
  config,
}: {
  client: Client;
  config: Config;
}): IncidentCallsPort {
  const starter = createTemporalStarter(client);

  function known(connection: string): void {
    if (findConnection(config, connection)) return;
    throw createFailure(
      'NotFound',
      `connection: ${connection.slice(0, 40)} is not in the configuration of this worker`,
    );
  }

  async function each<T>(
    action: string,
    all: readonly T[],
    act: (one: T) => Promise<unknown>,
  ): Promise<number> {
    try {
      for (let from = 0; from < all.length; from += callsAtOnce)
        await Promise.all(all.slice(from, from + callsAtOnce).map(act));
      return all.length;
    } catch (error) {
      throw unavailable(error, action);
    }
  }

  const signalFreeze = (workflowId: string) =>
    client.workflow.getHandle(freezeId).signal(incidentHold, { workflowId });

  const running = (connection: string) =>
    `WorkflowType = "${workflowTypes.incidentSync}" AND ExecutionStatus = "Running"` +
    (connection === '*' ? '' : ` AND ${searchAttributeNames.target} = "${connection}"`);

  return {
    async tellIncident({ connection, caseId, event }) {
      known(connection);
      await each('tell an incident', [caseId], (id) =>
        startIncident(starter, config, { connection, caseId: id, event }),
      );
    },
    async tellIncidents({ connection, caseIds, event }) {
      known(connection);
      const told = await each('tell incidents', caseIds, (caseId) =>
        startIncident(starter, config, { connection, caseId, event }),
      );
      return { told };
    },
    async tellIntakes({ connection, issueIds, deliveryId }) {
      known(connection);
      const told = await each('tell intakes', issueIds, (issueId) =>
        startIntake(starter, config, { connection, issueId, deliveryId, event: 'sweep' }),
      );
      return { told };
    },
    async readPause({ connection }) {
      try {
        const all = await client.workflow.getHandle(incidentControlId).query(pauses);
        const one = all.find(({ scope }) => scope === '*' || scope === connection);
        return { paused: one !== undefined, reason: one?.reason ?? null };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return { paused: false, reason: null };
        throw unavailable(error, 'read what is paused');
      }
    },
    async wakeIncidents({ scope }) {
      const ids: string[] = [];
      try {
        for await (const { workflowId } of client.workflow.list({ query: running(scope) }))
          ids.push(workflowId);
      } catch (error) {
        throw unavailable(error, 'list incidents');
      }
      const told = await each('wake incidents', ids, (id) =>
        starter.signal(id, {
          name: incidentChanged.name,
          payload: { deliveryId: `resumed:${Date.now()}`, event: 'resumed', side: 'both' },
        }),
      );
      return { told };
    },
    async holdForIncident({ workflowId }) {
      if (!config.freeze) return;
      try {
        await signalFreeze(workflowId).catch(async (error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
          await ensureFreeze(client, config);
          await signalFreeze(workflowId);
        });
      } catch (error) {
        throw unavailable(error, 'tell the freeze of an incident');
      }
    },
    async listIncidents({ connection, cursor }) {
      known(connection);
      try {
        const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
          ...{ namespace: client.options.namespace, query: running(connection), pageSize },
          ...(cursor === null ? {} : { nextPageToken: Buffer.from(cursor, 'base64') }),
        });
        const ids = executions.flatMap(({ execution }) => execution?.workflowId ?? []);
        return {
          caseIds: ids.flatMap((id) => parseIncidentSyncId(id)?.caseId ?? []),
          cursor: nextPageToken.length > 0 ? Buffer.from(nextPageToken).toString('base64') : null,
        };
      } catch (error) {
        throw unavailable(error, 'list incidents');
      }
    },
    async readDrift({ connection, caseIds, deliveryId }) {
      const found: IncidentView[] = [];
      await each('read what incidents found', caseIds, async (caseId) => {
        const handle = client.workflow.getHandle(incidentSyncId(connection, caseId));
        const view = await handle.query(incident).catch(ignoreEnded);
        if (view) found.push(view);
      });
      const looked = found.filter(({ drift }) => drift?.deliveryId === deliveryId);
      return {
        looked: looked.map(({ caseId }) => caseId),
        differences: looked.flatMap(({ caseId, issueKey, drift }) =>
          drift && drift.differs.length > 0 ? [{ caseId, issueKey, differs: drift.differs }] : [],
        ),
      };
    },
  };
}

/** A run that has ended compares nothing any more. */
function ignoreEnded(error: unknown): undefined {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
