import type { LoggedRequest } from '../sandbox/shared/logged-request.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import type { BenchStack, Log } from './bench-stack.ts';
import { toFigure } from './figure.ts';
import type { Measured } from './report.ts';

const patienceMs = 60_000;
const badVersions = ['v1.0.0', '1.0', '1.0.0.0', '01.0.0', 'latest'];

/**
 * From the creation of a ticket to the bot's first change of it, both by Jira's own log. Two of three tickets are bad; the
 * good ones are promoted meanwhile, so that later tickets meet a worker that works.
 */
export async function measureFirstChange(stack: BenchStack, tickets: number, log: Log): Promise<Measured> {
  const bad: number[] = [];
  const good: number[] = [];
  const promoted: string[] = [];
  for (let i = 0; i < tickets; i += 1) {
    const isGood = i % 3 === 0;
    const version = isGood ? `1.${i}.0` : (badVersions[i % badVersions.length] ?? '');
    if (isGood) await stack.aws.uploadInstaller(version);
    const summary = `first change ${i}`;
    const since = (await stack.controls.jira.requests()).length;
    const { id } = await stack.sam.fileRequest(version, summary);
    const ms = await waitUntil(`a change of ${id}`, patienceMs, () =>
      findFirstChange(stack, summary, id, since),
    );
    (isGood ? good : bad).push(ms);
    if (isGood) promoted.push(id);
  }
  log(`${tickets} tickets filed; waiting for ${promoted.length} promotions to end`);
  for (const id of promoted) await stack.closed(id, patienceMs * tickets);
  return {
    figures: [
      toFigure('ticket created → first Jira change', 'ms', [...bad, ...good], {
        of: 'p95',
        is: '<',
        value: 1000,
      }),
      toFigure('  of a bad version: the comment', 'ms', bad),
      toFigure('  of a good version: the assignment', 'ms', good),
    ],
    notes: [],
  };
}

async function findFirstChange(
  { controls }: BenchStack,
  summary: string,
  issueId: string,
  since: number,
): Promise<number | undefined> {
  const requests = await controls.jira.requests(since);
  const created = requests.find(({ body }) => summaryOf(body) === summary);
  const change = requests.find(
    ({ actor, method, path, status }) =>
      actor === 'jira-bot' && method !== 'GET' && path.includes(`/issue/${issueId}/`) && status >= 200,
  );
  return created && change ? endOf(change) - Date.parse(created.at) : undefined;
}

function endOf({ at, ms = 0 }: LoggedRequest): number {
  return Date.parse(at) + ms;
}

function summaryOf(body: unknown): unknown {
  return (body as { fields?: { summary?: unknown } } | undefined)?.fields?.summary;
}
