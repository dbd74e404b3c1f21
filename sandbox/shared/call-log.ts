import type { VendorRequest } from './vendor-call.ts';
import type { LoggedRequest } from './logged-request.ts';

/** Calls since the start or the last reset, failed and withheld ones included. */
export interface CallCounts {
  readonly total: number;
  readonly byKind: Readonly<Record<string, number>>;
}

export type CallLog = ReturnType<typeof createCallLog>;

const mostKinds = 1_000;
const maxLoggedBody = 64 * 1024;

/** What a front remembers of its calls: every one of them unless it is bounded, and their counts in any case. */
export function createCallLog() {
  const requests: LoggedRequest[] = [];
  const counts = new Map<string, number>();
  let last = 0;
  let total = 0;
  let kept = Infinity;

  const cut = (slack: number) => {
    if (requests.length > kept + slack) requests.splice(0, requests.length - kept);
  };

  return {
    /** Oldest first. */
    requests: requests as readonly LoggedRequest[],
    number: () => ++last,
    add(entry: LoggedRequest, kind: string) {
      const known = counts.has(kind) || counts.size < mostKinds ? kind : 'other';
      counts.set(known, (counts.get(known) ?? 0) + 1);
      total += 1;
      if (kept === 0) return;
      requests.push(entry);
      // In batches: taking one from the front of a long array for each call would cost more than the call.
      cut(kept / 4);
    },
    counts: (): CallCounts => ({ total, byKind: Object.fromEntries([...counts].sort()) }),
    /** @param keep this many newest requests, or up to a quarter more; 0: none; Infinity: all */
    bound(keep: number) {
      kept = keep;
      cut(0);
    },
    clear() {
      requests.length = 0;
      counts.clear();
      total = 0;
      kept = Infinity;
    },
  };
}

/** `GET /rest/api/3/issue/:id`: parts of the path that name one thing are left out. */
export function kindOfPath(method: string, path: string): string {
  const parts = path.split('/').map((part) => (/\d/.test(part) && !/^v?\d$/.test(part) ? ':id' : part));
  return `${method} ${parts.join('/')}`;
}

/** Large and binary bodies are never read: they stream through to the vendor. */
export async function readableBody(request: VendorRequest): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0 || length > maxLoggedBody) return undefined;
  if (type.includes('json')) {
    const text = (await request.body()).toString('utf8');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  if (type.includes('x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams((await request.body()).toString('utf8')));
  return undefined;
}
