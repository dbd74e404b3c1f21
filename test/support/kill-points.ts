import type { LoggedRequest } from '../../sandbox/shared/logged-request.ts';

export type VendorName = 'jira' | 'gitlab' | 'slack' | 'aws';

/** One kind of outside call of the worker: where it is held so that the worker can be killed exactly there. */
export interface KillPoint {
  readonly vendor: VendorName;
  readonly match: {
    readonly method: string;
    readonly path: string;
    readonly body?: string;
    readonly actor: string;
  };
  readonly label: string;
}

/** Whose calls the worker's are; the instance's and the CI job's own calls are not. */
const workers: Record<VendorName, RegExp> = {
  jira: /^jira-bot$/,
  gitlab: /_bot$/,
  slack: /./,
  aws: /^jira-bot$|\/lockkeeper-sandbox$/,
};

/** What differs between two promotions: ids, versions and the three accounts. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\/issue\/\d+/g, String.raw`/issue/\d+`],
  [/agent\/v[\d.]+\//g, String.raw`agent/v[\d.]+/`],
  [/results\/[^?]+/g, 'results/[^?]+'],
  [/pipelines\/\d+/g, String.raw`pipelines/\d+`],
  [/versionId=[^&]+/g, 'versionId=[^&]+'],
  [/prod-[abc]/g, 'prod-[abc]'],
];

/** Generated from the request log of whole promotions: each kind of call once, in the order of its first occurrence. */
export function toKillPoints(log: Readonly<Record<VendorName, readonly LoggedRequest[]>>): KillPoint[] {
  const calls = (Object.keys(log) as VendorName[]).flatMap((vendor) =>
    log[vendor].filter((entry) => isWorkers(vendor, entry)).map((entry) => ({ vendor, entry })),
  );
  calls.sort((a, b) => a.entry.at.localeCompare(b.entry.at));
  const points = new Map<string, KillPoint>();
  for (const { vendor, entry } of calls) {
    const point = toKillPoint(vendor, entry);
    if (!points.has(point.label)) points.set(point.label, point);
  }
  return [...points.values()];
}

function isWorkers(vendor: VendorName, entry: LoggedRequest): boolean {
  const isOthers = entry.query.includes('X-Amz-Algorithm');
  // asked once by a starting worker, which is not ready before it is answered
  const isStartUp = entry.path.startsWith('/rest/api/3/project/');
  return workers[vendor].test(entry.actor ?? '') && !isOthers && !isStartUp;
}

function toKillPoint(vendor: VendorName, entry: LoggedRequest): KillPoint {
  const path = toPattern(entry.query ? `${entry.path}?${entry.query}` : entry.path);
  const body = toBodyPattern(entry);
  const { method } = entry;
  const match = { method, path, actor: workers[vendor].source, ...(body === undefined ? {} : { body }) };
  return { vendor, match, label: [vendor, method, path, body].join(' ') };
}

function toPattern(url: string): string {
  const pieces = varying.reduce<(string | { pattern: string })[]>(
    (parts, [find, pattern]) =>
      parts.flatMap((part) =>
        typeof part === 'string'
          ? part.split(find).flatMap((text, index) => (index === 0 ? [text] : [{ pattern }, text]))
          : [part],
      ),
    [url],
  );
  return `^${pieces.map((piece) => (typeof piece === 'string' ? RegExp.escape(piece) : piece.pattern)).join('')}$`;
}

/** Calls that share a path differ by this: the AWS action, the transition, the first words of a comment. */
function toBodyPattern({ body, path }: LoggedRequest): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = body as { Action?: string; transition?: { id: string }; channel?: string };
  if (fields.Action) return `"Action":"${fields.Action}"`;
  if (fields.transition) return RegExp.escape(JSON.stringify({ id: fields.transition.id }));
  if (fields.channel) return `"channel":"${fields.channel}"`;
  const words = path.endsWith('/comment')
    ? /"text":"([A-Za-z ]{4,})/.exec(JSON.stringify(body))?.[1]
    : undefined;
  return words === undefined ? undefined : `"text":"${words}`;
}
