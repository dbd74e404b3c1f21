import { z } from 'zod';
import type { Range } from './commits.ts';
import type { Approvals } from './merge-requests.ts';
import type { Pushes } from './pushes.ts';

/** How an activity tells how far it is, and what its last try had told. */
export interface Progress {
  /** Details of the last heartbeat of the try before; undefined: there was none. */
  readonly carried: unknown;
  heartbeat(details: unknown): void;
}

export const unattended: Progress = { carried: undefined, heartbeat: () => undefined };

/** What is known of the merge requests of one range: the long part of an analysis, kept over a throttle. */
export interface ReviewCursor {
  readonly approvals: Map<number, Approvals>;
  readonly pushes: Map<number, Pushes>;
  /** Heartbeats what is known, once a second at most; when it is more than fits, the newest of it is forgotten. */
  save(): void;
  /** The same, at once: before a try ends in a failure. */
  flush(): void;
}

/** Approvals may be withdrawn: what is older is read again. */
const keptMs = 10 * 60_000;
/** Temporal takes 2 MB. */
const keptCharacters = 300_000;
const pauseMs = 1_000;

const Form = z.object({
  range: z.string(),
  at: z.number(),
  approvals: z.array(
    z.tuple([z.number(), z.array(z.object({ user: z.string(), at: z.string().nullable() }))]),
  ),
  pushes: z.array(
    z.tuple([
      z.number(),
      z.array(z.object({ user: z.string(), bot: z.boolean(), at: z.string() })).nullable(),
    ]),
  ),
});

export function openCursor(range: Range, progress: Progress, now: number): ReviewCursor {
  const name = `${range.project} ${range.from ?? ''}..${range.to}`;
  const parsed = Form.safeParse(progress.carried);
  const before = parsed.success && isOfUse(parsed.data, name, now) ? parsed.data : undefined;
  const approvals = new Map<number, Approvals>(before?.approvals);
  const pushes = new Map<number, Pushes>(before?.pushes);
  const at = before?.at ?? now;
  let saved = 0;
  function flush() {
    saved = Date.now();
    const room = { left: keptCharacters };
    progress.heartbeat({
      range: name,
      at,
      approvals: fitting(approvals, room),
      pushes: fitting(pushes, room),
    });
  }
  return { approvals, pushes, flush, save: () => void (Date.now() - saved >= pauseMs && flush()) };
}

function isOfUse({ range, at }: { range: string; at: number }, name: string, now: number): boolean {
  return range === name && at <= now && now - at < keptMs;
}

function fitting<T>(all: ReadonlyMap<number, T>, room: { left: number }): [number, T][] {
  const kept: [number, T][] = [];
  for (const entry of all) {
    room.left -= JSON.stringify(entry).length;
    if (room.left < 0) break;
    kept.push(entry);
  }
  return kept;
}
