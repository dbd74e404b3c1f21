import { condition, setHandler, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { status } from '../agent-promotion/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { text } from '../shared/guards.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { issueChanged, type IncidentIntakeInput, type IncidentIntakeResult } from './messages.ts';

const stepNames = {
  look: 'Look at the issue',
  create: 'Create a case',
  tell: 'Tell the case’s run',
} as const;

/**
 * Somebody spoke of an issue: a linked one's case is told; of one that is eligible a case is made, once for ever: AWS knows the token, and
 * the case names its issue before anybody hears of it. Ends as soon as nobody has said anything more.
 */
export async function incidentIntake(input: IncidentIntakeInput): Promise<IncidentIntakeResult> {
  const { workflowId } = workflowInfo();
  const { connection, issueId } = input;
  let heard = 0;
  let last = { deliveryId: workflowId, event: 'intake' };
  const progress = createProgress('incident-intake', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  setHandler(status, () => progress.report());
  setHandler(issueChanged, (payload) => {
    const [deliveryId, event] = [text(payload, 'deliveryId'), text(payload, 'event')];
    if (!deliveryId || !event) return progress.ignore();
    last = { deliveryId: deliveryId.slice(0, 200), event: event.slice(0, 80) };
    heard += 1;
  });
  progress.describe({ target: connection });
  for (;;) {
    const seen = heard;
    const result = await look();
    if (heard === seen) {
      await condition(() => heard > seen, 1);
      if (heard === seen) return result;
    }
  }

  async function look(): Promise<IncidentIntakeResult> {
    const port = activitiesOf<IncidentPort>('aws-incident', 'write');
    const calls = activitiesOf<IncidentCallsPort>('temporal', 'write');
    progress.start('look');
    const tie = await patience.call('incident', () => port.readIssueTie({ connection, issueId }));
    if (!tie.found) return { outcome: 'gone', caseId: null, reason: tie.notEligible };
    progress.describe({ ticket: tie.issueKey });
    // known by its key only: the one run of its number goes on, so that there are never two
    if (tie.issueId !== issueId) {
      await calls.tellIntakes({ connection, issueIds: [tie.issueId], deliveryId: last.deliveryId });
      return { outcome: 'told', caseId: tie.caseId, reason: null };
    }
    if (tie.caseId === null && tie.notEligible !== null)
      return { outcome: 'not-eligible', caseId: null, reason: tie.notEligible };
    const caseId = tie.caseId ?? (await create());
    progress.start('tell');
    const side = tie.caseId === null ? 'both' : 'issue';
    await calls.tellIncident({ connection, caseId, event: { ...last, side, issueId } });
    progress.finish('tell', caseId);
    return { outcome: tie.caseId === null ? 'created' : 'told', caseId, reason: null };
  }

  async function create(): Promise<string> {
    progress.start('create');
    // the same for every run of this issue: a second one is answered with the first one's case
    const order = { connection, issueId, key: stepKey(workflowId, 'once', 'case') };
    const port = activitiesOf<IncidentPort>('aws-incident', 'write');
    const { caseId } = await patience.call('incident', () => port.createCase(order));
    return caseId;
  }
}

setWorkflowOptions(versioned('PINNED'), incidentIntake);
