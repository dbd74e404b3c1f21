import { setTimeout as sleep } from 'node:timers/promises';
import { toFigure, type Figure } from './figure.ts';
import { untilQuiet, viewOf, type IncidentBench } from './incident-cases.ts';

const latencyMs = 50;
const rounds = 50;
/** Of each direction, p95. */
const slowestMs = 3_000;
const lookEveryMs = 20;

export const travelNote = `travel: each answer of Jira and of Security Incident Response ${latencyMs} ms late, events by EventBridge and SQS of the emulator, webhooks by HTTP; from before the change is asked for until a look at the other side, every ${lookEveryMs} ms, shows it`;

/** One case and its issue, titles and comments in turn: each change is waited for before the next. */
export async function measureTravel(bench: IncidentBench): Promise<Figure[]> {
  const { stack, aws, sofia, log } = bench;
  const { caseId } = await aws.create({ title: 'Travel', description: 'x', resolverType: 'Self' });
  const key = (await viewOf(stack, caseId)).issueKey ?? '';
  await untilQuiet(bench);
  const setLatency = (ms: number) => Promise.all([aws.latency(ms), stack.controls.jira.latency(ms)]);
  await setLatency(latencyMs);
  const [toIssue, toCase]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const isTitle = round % 2 === 0;
    const [said, answered] = [`of the case ${round}.`, `of the issue ${round}.`];
    toIssue.push(
      await timed(
        () => (isTitle ? aws.update(caseId, { title: said }) : aws.comment(caseId, said)),
        async () => {
          const { summary, comments } = await sofia.read(key);
          return isTitle ? summary === said : comments.some(({ text }) => text.includes(said));
        },
      ),
    );
    toCase.push(
      await timed(
        () => (isTitle ? sofia.edit(key, { summary: answered }) : sofia.comment(key, answered)),
        async () => {
          const { title, comments } = await aws.read(caseId);
          return isTitle ? title === answered : comments.some(({ body }) => body.includes(answered));
        },
      ),
    );
  }
  await setLatency(0);
  log(`${rounds} changes each way`);
  const limit = { of: 'p95', is: '<', value: slowestMs } as const;
  return [
    toFigure('a change of a case → Jira', 'ms', toIssue, limit),
    toFigure('a change in Jira → case', 'ms', toCase, limit),
  ];
}

/** @returns ms until the other side has it, from before it was asked for */
async function timed(act: () => Promise<unknown>, arrived: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  await act();
  while (!(await arrived())) {
    if (performance.now() - began > 60_000) throw new Error('a change did not travel within a minute');
    await sleep(lookEveryMs);
  }
  return performance.now() - began;
}
