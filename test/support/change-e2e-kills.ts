import type { LoggedRequest } from '../../sandbox/shared/logged-request.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import type { E2e } from './e2e-stack.ts';

type VendorName = 'jira' | 'gitlab' | 'slack';
const vendorNames = ['jira', 'gitlab', 'slack'] as const;

/** One kind of outside write of a change, held after it was made and before it is answered: there the worker dies. */
export interface WritePoint {
  readonly vendor: VendorName;
  readonly match: {
    readonly method: string;
    readonly path: string;
    readonly body?: string;
    readonly actor?: string;
  };
  readonly label: string;
}

/** What differs between two changes. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\/(issue|jobs|merge_requests)\/\d+/g, String.raw`/$1/\d+`],
  [/\/statuses\/[0-9a-f]{40}/g, '/statuses/[0-9a-f]{40}'],
  [/\/comment\/\d+/g, String.raw`/comment/\d+`],
  [/\?.*$/g, ''],
];
/** From “Waiting for approval” to “Approved”. */
const approve = '21';
const question = 'Decision wanted';
/** Reads that are POSTs. */
const reads = /search\/jql|graphql|\/api\/(conversations|users|auth|apps)\./;

export async function readLogs(e2e: E2e): Promise<Readonly<Record<VendorName, readonly LoggedRequest[]>>> {
  const [jira, gitlab, slack] = await Promise.all(vendorNames.map((name) => e2e.control[name].requests()));
  return { jira: jira ?? [], gitlab: gitlab ?? [], slack: slack ?? [] };
}

/** Generated from what the worker did in a whole change, so that a new kind of write cannot be forgotten. */
export function toWritePoints(log: Readonly<Record<VendorName, readonly LoggedRequest[]>>): WritePoint[] {
  const points = vendorNames.flatMap((vendor) =>
    log[vendor]
      .filter(({ method, path, actor }) => method !== 'GET' && !reads.test(path) && isWorkers(vendor, actor))
      .map((entry) => toPoint(vendor, entry)),
  );
  return [...new Map(points.map((point) => [point.label, point])).values()];
}

const isWorkers = (vendor: VendorName, actor: string | undefined) =>
  vendor === 'slack' || actor === 'jira-bot';

function toPoint(vendor: VendorName, entry: LoggedRequest): WritePoint {
  const { method } = entry;
  const path = varying.reduce((text, [find, by]) => text.replace(find, by), entry.path);
  const body = toBody(entry);
  const match = {
    method,
    path: `${path.replaceAll('.', String.raw`\.`)}$`,
    ...(body === undefined ? {} : { body }),
  };
  return {
    vendor,
    match: vendor === 'slack' ? match : { ...match, actor: '^jira-bot$' },
    label: [vendor, method, path, body].join(' '),
  };
}

/** Writes that share a path and not their code: the approval among the transitions, the question among the comments, the channel. */
function toBody({ path, body }: LoggedRequest): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { transition, channel } = body as { transition?: { id: string }; channel?: string };
  if (transition?.id === approve) return `"transition":{"id":"${approve}"}`;
  if (channel?.startsWith('C')) return `"channel":"${channel}"`;
  const isQuestion = path.endsWith('/comment') && JSON.stringify(body).includes(question);
  return isQuestion ? question : undefined;
}

/**
 * Kills the worker whenever it has made one of the writes, and starts it again, until the change is over.
 * @returns the labels of the points that were met, in their order
 */
export async function killThrough(
  e2e: E2e,
  points: readonly WritePoint[],
  isOver: () => Promise<boolean>,
): Promise<readonly string[]> {
  let left = points;
  const met: string[] = [];
  for (;;) {
    const held = new Map<string, WritePoint>();
    for (const point of left) {
      const fault = { match: point.match, mode: 'hold', when: 'after' } as const;
      held.set((await e2e.control[point.vendor].addFault(fault)).id, point);
    }
    if (e2e.stack.worker.pid === undefined) await e2e.stack.worker.start();
    const hit = await waitUntil(`one of ${held.size} writes`, 60_000, async () => {
      const waiting = await findWaiting(e2e, held);
      if (waiting.length > 0) return waiting;
      return (await isOver()) ? ('over' as const) : undefined;
    });
    if (hit !== 'over') {
      // two writes may be held at once: the worker dies after both of them
      const hits = [...new Set([...hit, ...(await findWaiting(e2e, held))])];
      await e2e.stack.worker.kill();
      met.push(...hits.map(({ label }) => label));
      await waitUntil('the dead connections', 10_000, async () =>
        (await findWaiting(e2e, held)).length === 0 ? true : undefined,
      );
      left = left.filter((point) => !hits.includes(point));
    }
    for (const vendor of vendorNames) await e2e.control[vendor].clearFaults();
    if (hit === 'over') return met;
  }
}

async function findWaiting(e2e: E2e, held: ReadonlyMap<string, WritePoint>): Promise<WritePoint[]> {
  const found = await Promise.all(vendorNames.map((vendor) => e2e.control[vendor].faults()));
  return found.flat().flatMap(({ id, waiting }) => {
    const point = waiting > 0 ? held.get(id) : undefined;
    return point ? [point] : [];
  });
}
