import type http from 'node:http';
import type { VendorResponse } from './vendor-call.ts';
import type { LoggedRequest } from './logged-request.ts';

export type FaultMode = 'status' | 'lost' | 'hang' | 'delay' | 'hold';

/** What `POST /_sandbox/faults` takes. `times` defaults to 1; `when` to `before`, for `lost` to `after`. */
export interface Fault {
  /** `path`, `body` and `actor` are regular expressions; `body` is matched against the logged body as JSON. */
  readonly match?: {
    readonly method?: string;
    readonly path?: string;
    readonly body?: string;
    readonly actor?: string;
  };
  readonly mode: FaultMode;
  readonly when?: 'before' | 'after';
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
  readonly ms?: number;
  readonly times?: number;
}

export interface ActiveFault {
  readonly id: string;
  readonly match: NonNullable<Fault['match']>;
  readonly mode: FaultMode;
  readonly when: 'before' | 'after';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | object | undefined;
  readonly ms: number;
  left: number;
  used: number;
  /** Calls that are held right now. */
  waiting: number;
  readonly released: Promise<void>;
  release(): void;
}

const modes: readonly FaultMode[] = ['status', 'lost', 'hang', 'delay', 'hold'];

export function parseFault(fault: Fault, id: string): ActiveFault {
  if (!modes.includes(fault.mode)) throw new Error(`mode: one of ${modes.join(', ')}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    id,
    match: fault.match ?? {},
    mode: fault.mode,
    when: fault.when ?? (fault.mode === 'lost' ? 'after' : 'before'),
    status: fault.status ?? 503,
    headers: fault.headers ?? {},
    body: fault.body,
    ms: fault.ms ?? 0,
    left: fault.times ?? 1,
    used: 0,
    waiting: 0,
    released: promise,
    release: () => resolve(),
  };
}

/** The oldest fault that matches this call and is not used up; using it counts. */
export function findFault(faults: readonly ActiveFault[], entry: LoggedRequest): ActiveFault | undefined {
  const fault = faults.find((candidate) => candidate.left > 0 && matches(candidate.match, entry));
  if (!fault) return undefined;
  fault.left -= 1;
  fault.used += 1;
  return fault;
}

function matches(match: ActiveFault['match'], entry: LoggedRequest): boolean {
  if (match.method && match.method.toUpperCase() !== entry.method) return false;
  const url = entry.query ? `${entry.path}?${entry.query}` : entry.path;
  if (match.path && !new RegExp(match.path).test(url)) return false;
  if (match.actor && !new RegExp(match.actor).test(entry.actor ?? '')) return false;
  return !match.body || new RegExp(match.body).test(JSON.stringify(entry.body ?? ''));
}

/** @returns the answer in place of the vendor's; `stop`: there is none, the connection is gone */
export async function applyFault(
  fault: ActiveFault,
  response: http.ServerResponse,
  closed: Promise<'closed'>,
): Promise<VendorResponse | 'go on' | 'stop'> {
  switch (fault.mode) {
    case 'status':
      return { status: fault.status, headers: fault.headers, body: fault.body ?? '' };
    case 'lost':
      response.destroy();
      return 'stop';
    case 'hang':
      await Promise.race([closed, fault.released]);
      response.destroy();
      return 'stop';
    case 'delay':
      await Promise.race([closed, delay(fault.ms)]);
      return 'go on';
    case 'hold': {
      fault.waiting += 1;
      const end = await Promise.race([closed, fault.released.then(() => 'released' as const)]);
      fault.waiting -= 1;
      return end === 'closed' ? 'stop' : 'go on';
    }
  }
}

/** `GET /_sandbox/faults`. */
export function toShownFault({ id, match, mode, when, left, used, waiting }: ActiveFault) {
  return { id, match, mode, when, left, used, waiting };
}

export const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
