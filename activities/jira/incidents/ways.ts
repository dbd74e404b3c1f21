import { formKey, type Form } from '../forms.ts';

/** A status as a transition leads to it. */
export interface Stop {
  readonly id: string;
  readonly name: string;
  readonly done: boolean;
}

/** Where one status of a workflow leads to; undefined: nobody has looked yet. */
export type ExitsOf = (statusId: string) => readonly Stop[] | undefined;

/** What was seen of workflows, by project, type and status: Jira tells only of the status that an issue is in. */
export interface KnownWays {
  exitsOf(form: Form): ExitsOf;
  learn(form: Form, statusId: string, exits: readonly Stop[]): void;
  forget(form: Form): void;
}

type Seen = Map<string, { readonly at: number; readonly exits: readonly Stop[] }>;

/** A workflow may be changed. */
const keptMs = 600_000;

export function createKnownWays(now: () => number = Date.now): KnownWays {
  const known = new Map<string, Seen>();
  return {
    exitsOf: (form) => (statusId) => {
      const found = known.get(formKey(form))?.get(statusId);
      return found && now() - found.at < keptMs ? found.exits : undefined;
    },
    learn(form, statusId, exits) {
      const ways = known.get(formKey(form)) ?? (new Map() as Seen);
      ways.set(statusId, { at: now(), exits });
      known.set(formKey(form), ways);
    },
    forget: (form) => void known.delete(formKey(form)),
  };
}

/** By name in any case, or by id. */
export function isAt({ id, name }: Pick<Stop, 'id' | 'name'>, status: string): boolean {
  return id === status || name.trim().toLowerCase() === status.trim().toLowerCase();
}

/**
 * The next stop of the shortest known way; while none is known and `explore` is set, of the shortest way to a status whose exits nobody has seen.
 * A status that ends an issue is nothing to pass through.
 * @returns null: no way, and nothing left to look at
 */
export function nextStop(
  from: string,
  target: string,
  exitsOf: ExitsOf,
  { explore }: { readonly explore: boolean },
): Stop | null {
  const reached = new Set([from]);
  let unseen: Stop | null = null;
  let front = (exitsOf(from) ?? []).map((stop) => ({ stop, first: stop }));
  while (front.length > 0) {
    const there = front.find(({ stop }) => isAt(stop, target));
    if (there) return there.first;
    const next: typeof front = [];
    for (const { stop, first } of front) {
      if (stop.done || reached.has(stop.id)) continue;
      reached.add(stop.id);
      const exits = exitsOf(stop.id);
      if (!exits) unseen ??= first;
      next.push(...(exits ?? []).map((exit) => ({ stop: exit, first })));
    }
    front = next;
  }
  return explore ? unseen : null;
}
