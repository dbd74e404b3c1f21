import {
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureMessage } from '../shared/failures.ts';
import { isRecord, text } from '../shared/guards.ts';
import { versioned } from '../shared/versioning.ts';
import { pauses, setPause, type IncidentControlInput, type Pause } from './messages.ts';

const maxHistoryLength = 2_000;

/** Which connections are paused; runs ask before they write. When a pause ends, those that wait are told to go on. */
export async function incidentControl({ carried = [] }: IncidentControlInput): Promise<void> {
  let paused: readonly Pause[] = carried;
  const waking: string[] = [];
  setHandler(pauses, () => paused);
  setHandler(setPause, (payload) => {
    const [scope, by, reason] = [text(payload, 'scope'), text(payload, 'by'), text(payload, 'reason')];
    const on = isRecord(payload) ? payload['paused'] : undefined;
    if (!scope || !/^(?:\*|[a-z][a-z0-9-]{0,39})$/.test(scope) || !by || typeof on !== 'boolean') return;
    const others = paused.filter((one) => one.scope !== scope);
    const since = new Date(Date.now()).toISOString();
    if (on)
      paused = [...others, { scope, by: by.slice(0, 200), reason: (reason ?? '').slice(0, 500), since }];
    else if (others.length < paused.length) {
      paused = others;
      waking.push(scope);
    }
  });
  const isLong = () =>
    workflowInfo().historyLength > maxHistoryLength || workflowInfo().continueAsNewSuggested;
  while (!isLong() || waking.length > 0) {
    await condition(() => waking.length > 0 || isLong());
    const scope = waking.shift();
    if (scope !== undefined) await wake(scope);
  }
  await continueAsNew<typeof incidentControl>({ carried: paused });
}

/** Whatever comes of it, this run goes on: with it would go what else is paused. Who was not told goes on with the next change. */
async function wake(scope: string): Promise<void> {
  try {
    await activitiesOf<IncidentCallsPort>('temporal', 'write').wakeIncidents({ scope });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.error('incidents were not told that a pause has ended', { scope, reason: failureMessage(error) });
  }
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), incidentControl);
