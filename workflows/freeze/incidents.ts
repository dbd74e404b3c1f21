import { condition, isCancellation, log } from '@temporalio/workflow';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureMessage } from '../shared/failures.ts';
import { parseIncidentSyncId } from '../shared/names.ts';
import type { Patience } from '../shared/patience.ts';

const confirmEveryMs = 5 * 60 * 1000;

export interface IncidentWatchOptions {
  readonly patience: Patience;
  readonly stands: (workflowId: string) => boolean;
  readonly onSevere: (workflowId: string) => void;
  readonly onOver: (workflowId: string) => void;
}

export interface IncidentWatch {
  /** Looks at the case now, and for as long as its hold stands every five minutes. Anything but an incident's id is nothing. */
  look(workflowId: string): void;
}

/** Anybody in the namespace can say that an incident is severe: the case is asked. No answer: what is held stays held. */
export function createIncidentWatch(options: IncidentWatchOptions): IncidentWatch {
  const { patience, stands } = options;
  const port = activitiesOf<IncidentPort>('aws-incident', 'read');
  /** Ids that are watched, and how often somebody has spoken of them. */
  const watched = new Map<string, number>();

  async function watch(workflowId: string, ref: { connection: string; caseId: string }) {
    for (;;) {
      const heard = watched.get(workflowId) ?? 0;
      await confirm(workflowId, ref);
      if (!stands(workflowId) && watched.get(workflowId) === heard) break;
      const isOver = () => watched.get(workflowId) !== heard || !stands(workflowId);
      await condition(isOver, confirmEveryMs, { summary: 'confirm the hold of an incident' });
    }
    watched.delete(workflowId);
  }

  async function confirm(workflowId: string, ref: { connection: string; caseId: string }) {
    try {
      const { severe } = await patience.call('incident', () => port.readSeverity(ref));
      if (severe) options.onSevere(workflowId);
      else if (stands(workflowId)) options.onOver(workflowId);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.error('the hold of an incident is not confirmed', { workflowId, reason: failureMessage(error) });
    }
  }

  return {
    look(workflowId) {
      const ref = parseIncidentSyncId(workflowId);
      if (!ref) return;
      const heard = watched.get(workflowId);
      watched.set(workflowId, (heard ?? 0) + 1);
      // a cancelled run has nothing to watch any more
      if (heard === undefined) watch(workflowId, ref).catch(() => undefined);
    },
  };
}
