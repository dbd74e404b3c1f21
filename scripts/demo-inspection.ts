import { createHash } from 'node:crypto';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { jiraPerson } from '../sandbox/drive/jira-person.ts';
import { slackPerson } from '../sandbox/drive/slack-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import {
  inspection,
  type InspectionInput,
  type InspectionRecord,
} from '../workflows/change-inspection/messages.ts';
import { monthBefore } from '../workflows/change-inspection/month.ts';
import { drawAgain } from '../workflows/change-inspection/sample.ts';
import { changeInspectionId, changeInspectionScheduleId, workflowTypes } from '../workflows/shared/names.ts';
import { attributes } from '../workflows/shared/search-attributes.ts';
import { ageApproval } from './demo-change-tickets.ts';
import { check, type DemoCheck } from './demo-check.ts';
import { findMessage } from './demo-shop.ts';
import { waitUntil } from './wait-until.ts';

const patienceMs = 60_000;

/** The month's random inspection of what a policy approved: drawn, inspected by a person, and drawn again here (C-29…C-31). */
export async function demoInspection(
  endpoints: Endpoints,
  ticket: string,
  log: (line: string) => void,
): Promise<DemoCheck[]> {
  const connection = await Connection.connect({ address: endpoints.temporal });
  try {
    const client = new Client({ connection });
    const month = await findFreeMonth(client);
    await ageApproval(endpoints, ticket, `${month}-15T12:00:00.000Z`);
    log(`time passes: the approval of ${ticket} is of ${month} now, and that month is over`);
    const { handle, policy } = await start(client, month);
    const { seed, sample } = await waitUntil(
      'the draw',
      patienceMs,
      async () => (await handle.query(inspection)) ?? undefined,
    );
    const workflow = `${endpoints.ui}/namespaces/default/workflows/${encodeURIComponent(handle.workflowId)}`;
    log(`${month}: seed ${seed}, drawn: ${sample.join(', ')}  →  ${workflow}`);
    const request = await waitUntil('the question', patienceMs, () =>
      findMessage(endpoints, ticket, /Inspect [^]*lk_approve/),
    );
    await slackPerson(endpoints, 'sid').press(request, 'lk_approve');
    log(`${ticket}: sid inspects it and presses Approve in Slack: everything was in order`);
    const record = (await handle.result()) as InspectionRecord;
    log(`anybody can draw it again: lockkeeper evidence inspections --from ${month} --to ${month}`);
    const { comments } = await jiraPerson(endpoints, 'sid').read(ticket);
    const said = comments.some(({ text }) => text.includes(`${month}: sid found everything in order`));
    const again = drawAgain(month, [ticket], policy, sha256);
    return [
      check(`inspection of ${month}: population in Jira`, ticket, record.population.join(', ')),
      check(`inspection of ${month}: drawn`, ticket, sample.join(', ') || 'nothing'),
      check(`inspection of ${month}: seed, drawn again`, again.seed, record.seed),
      check(`${ticket}, canary: inspected by`, 'sid', said ? 'sid' : 'nobody'),
    ];
  } finally {
    await connection.close();
  }
}

/** As the schedule does on the 1st of each month, with the schedule's own input. */
async function start(client: Client, month: string) {
  const { action } = await client.schedule.getHandle(changeInspectionScheduleId).describe();
  const [scheduled] = (action.args ?? []) as readonly Pick<InspectionInput, 'policy'>[];
  if (!scheduled) throw new Error('the schedule has no input');
  const { policy } = scheduled;
  const handle = await client.workflow.start(workflowTypes.changeInspection, {
    workflowId: changeInspectionId(month),
    taskQueue: action.taskQueue,
    args: [{ month, policy }],
    staticSummary: `Random inspection of ${month}`,
    typedSearchAttributes: [{ key: attributes.process, value: 'change-inspection' }],
  });
  return { handle, policy };
}

/** The last month that is over and was not inspected by an earlier demo: a month is inspected once. */
async function findFreeMonth(client: Client): Promise<string> {
  for (let month = monthBefore(Date.now()); ; month = monthBefore(Date.parse(`${month}-01T00:00:00.000Z`)))
    try {
      await client.workflow.getHandle(changeInspectionId(month)).describe();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return month;
      throw error;
    }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
