import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedRequest } from '../sandbox/shared/logged-request.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { toFigure, type Figure } from './figure.ts';
import { fillUp, linkedKeys, untilQuiet, type IncidentBench } from './incident-cases.ts';

const cases = 500;
const stormSeconds = 20;
const retryAfterSeconds = 5;
const account = 'jira-bot';
/** An answer has to be read, and what was begun before that is on its way. */
const graceMs = 250;
const said = ['one', 'two'] as const;

export const stormNote = `storm: for ${stormSeconds} s each call of ours to Jira is answered 429 with Retry-After: ${retryAfterSeconds}, while two comments are made in each case; a call that Jira gets later than ${graceMs} ms after such an answer, and before its time is over, is inside`;

/** Each case gets two comments while Jira refuses everything; then it is waited for all of them. */
export async function measureStorm(bench: IncidentBench): Promise<Figure[]> {
  const { stack, aws, log } = bench;
  const { jira } = stack.controls;
  const before = new Set(await linkedKeys(stack));
  const { open } = await aws.summary();
  const { ids } = await fillUp(bench, open + cases);
  const keys = (await linkedKeys(stack)).filter((key) => !before.has(key));
  await untilQuiet(bench);
  await jira.post('log', { keep: 100_000 });
  await storm(bench, ids);
  const began = performance.now();
  await untilCopied(bench, keys);
  const seconds = (performance.now() - began) / 1000;
  // a second copy would come after the first
  await untilQuiet(bench);
  const copies = await readCopies(bench, keys);
  const asked = (await jira.requests()).filter(({ actor }) => actor === account);
  await jira.post('log', { keep: 0 });
  const refused = asked.filter(({ status }) => status === 429);
  const spread = spreadMs(refused);
  log(
    `${refused.length} calls refused within ${(spread / 1000).toFixed(1)} s; all arrived ${seconds.toFixed(0)} s later`,
  );
  if (keys.length !== cases || ids.length !== cases || spread < retryAfterSeconds * 1000)
    throw new Error(`no storm over ${cases} cases: ${keys.length} issues, ${refused.length} calls refused`);
  const arrived = copies.flat().length;
  const wrong = copies.filter((texts) => texts.join() !== said.join()).length;
  const none = { of: 'max', is: '<=', value: 0 } as const;
  return [
    toFigure(`comments of ${cases} cases after a storm of 429, arrived`, 'count', [arrived], {
      ...{ of: 'min', is: '>=', value: cases * said.length },
    }),
    toFigure('  cases that have them otherwise than once each, in order', 'count', [wrong], none),
    toFigure('  calls to Jira inside a Retry-After', 'count', [countInside(asked, refused)], none),
    toFigure('  calls refused, all in all', 'count', [refused.length]),
    toFigure('  until the last one had arrived, after the storm', 's', [seconds]),
  ];
}

async function storm({ stack, aws, log }: IncidentBench, ids: readonly string[]): Promise<void> {
  const { jira } = stack.controls;
  await jira.addFault({
    ...{ match: { actor: `^${account}$` }, mode: 'status', status: 429, times: 1_000_000 },
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
  const began = performance.now();
  for (const id of ids) for (const text of said) await aws.comment(id, text);
  const tookMs = performance.now() - began;
  log(`${ids.length * said.length} comments made within ${(tookMs / 1000).toFixed(1)} s of the storm`);
  await sleep(Math.max(0, stormSeconds * 1000 - tookMs));
  await jira.clearFaults();
}

/** From the first refusal to the last: more than one Retry-After, or nobody came back. */
function spreadMs(refused: readonly LoggedRequest[]): number {
  const times = refused.map(({ at }) => Date.parse(at));
  return times.length === 0
    ? 0
    : times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b));
}

/** What Jira was asked, refused or not, after it had said to wait and before that was over. */
function countInside(asked: readonly LoggedRequest[], refused: readonly LoggedRequest[]): number {
  const told = refused.map(({ at, ms = 0 }) => Date.parse(at) + ms).sort((a, b) => a - b);
  return asked.filter(({ at }) => {
    const askedMs = Date.parse(at);
    return told.some((ms) => askedMs > ms + graceMs && askedMs < ms + retryAfterSeconds * 1000);
  }).length;
}

/** Read from Jira, as a person would; queries of hundreds of runs would be load of their own. */
async function untilCopied(bench: IncidentBench, keys: readonly string[]): Promise<void> {
  let waiting = keys;
  await waitUntil('every comment', 900_000, async () => {
    const copies = await readCopies(bench, waiting);
    waiting = waiting.filter((_, index) => (copies[index]?.length ?? 0) < said.length);
    if (waiting.length === 0) return true;
    bench.log(`${waiting.length} cases wait for their comments`);
    await sleep(2_000);
    return undefined;
  });
}

/** @returns for each issue which of the comments it has, in Jira's order */
async function readCopies({ sofia }: IncidentBench, keys: readonly string[]): Promise<readonly string[][]> {
  const found: string[][] = [];
  for (const key of keys) {
    const { comments } = await sofia.read(key);
    found.push(comments.flatMap(({ text }) => /\b(one|two)\s*$/.exec(text)?.[1] ?? []));
  }
  return found;
}
