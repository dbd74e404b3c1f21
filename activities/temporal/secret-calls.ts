import { WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Config } from '../../config/parse-config.ts';
import { claimTicket, cleared } from '../../workflows/secret-audit/messages.ts';
import type { SecretCallsPort } from './port.ts';
import {
  findingIdOf,
  reportDiscrepancy,
  startSecretChange,
  tellSecretChange,
  tellSecretTicket,
  toTicketStart,
} from './start-secrets.ts';
import { createTemporalStarter } from './temporal-starter.ts';
import { unavailable } from './unavailable.ts';

const callsAtOnce = 20;

/** Runs are told by id; each of them takes the same word twice. */
export function createSecretCalls({ client, config }: { client: Client; config: Config }): SecretCallsPort {
  const starter = createTemporalStarter(client);

  async function each<T, R>(action: string, all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
    const done: R[] = [];
    try {
      for (let from = 0; from < all.length; from += callsAtOnce)
        done.push(...(await Promise.all(all.slice(from, from + callsAtOnce).map(act))));
      return done;
    } catch (error) {
      throw unavailable(error, action);
    }
  }

  return {
    async startSecretChanges({ events }) {
      const begun = await each('start the audit of changes', events, (event) =>
        startSecretChange(starter, config, { event, foundBy: 'sweep' }),
      );
      return { started: events.filter((_, index) => begun[index]).map(({ eventId }) => eventId) };
    },
    async tellSecretChanges({ eventIds, deliveryId }) {
      const told = await each('tell changes of secrets', eventIds, (eventId) =>
        tellSecretChange(starter, config, { eventId, deliveryId }),
      );
      return { told: told.length };
    },
    async claimTicket({ issueId, claim }) {
      const { workflowType, workflowId, taskQueue, input, ...rest } = toTicketStart(config, issueId);
      const startWorkflowOperation = new WithStartWorkflowOperation(workflowType, {
        ...{ workflowId, taskQueue, args: [input], staticSummary: rest.staticSummary },
        typedSearchAttributes: [...rest.searchAttributes],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      });
      try {
        return await client.workflow.executeUpdateWithStart(claimTicket, {
          ...{ args: [claim], startWorkflowOperation },
        });
      } catch (error) {
        throw unavailable(error, 'claim an approval');
      }
    },
    async tellSecretTicket(hint) {
      await each('tell a ticket', [hint], (one) => tellSecretTicket(starter, config, one));
    },
    async reportDiscrepancy({ change }) {
      const [workflowId = ''] = await each('report a change', [change], (one) =>
        reportDiscrepancy(starter, config, one),
      );
      return { workflowId };
    },
    async clearDiscrepancy({ change }) {
      try {
        await client.workflow
          .getHandle(findingIdOf(change))
          .signal(cleared, { eventId: change.eventId, verdict: change.verdict })
          .catch(ignoreEnded);
      } catch (error) {
        throw unavailable(error, 'clear a change');
      }
    },
  };
}

/** Nobody asks about it any more. */
function ignoreEnded(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
