import { oneLine } from './one-line.ts';
import type { PlanChange } from './plan-change.ts';
import { normalJson } from './plan-normal-form.ts';

/** An attribute whose value the plan changes. */
export interface ChangedAttribute {
  /** `inline_policy[0].policy`; null where nothing of it may be shown. */
  readonly path: string | null;
  /** What it becomes is known only after the apply. */
  readonly unknown: boolean;
}

/** What stands at one place of before, after, and the marks beside them. */
interface Place {
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
  readonly sensitive: readonly unknown[];
}

/** @param at names and indices that lead to the place, its own name last */
type Wanted = (at: readonly (string | number)[], place: Pick<Place, 'before' | 'after'>) => boolean;

/** Of a printed path, UTF-16 units. */
const maxPathLength = 200;

/** The outermost wanted attributes that change, in the order of their names. Equal policies are no change. */
export function findChanged(change: PlanChange, isWanted: Wanted): ChangedAttribute[] {
  const found: ChangedAttribute[] = [];
  const at: (string | number)[] = [];
  const visit = (place: Place, shown: number) => {
    if (at.length > 0 && isWanted(at, place)) {
      const unknown = holdsTrue(place.unknown);
      if (unknown || !isSame(place.before, place.after))
        found.push({ path: formatPath(at.slice(0, shown)), unknown });
      return;
    }
    for (const step of stepsOf(place)) {
      at.push(step);
      visit(below(place, step), isHidden(place) ? shown : at.length);
      at.pop();
    }
  };
  visit(change, 0);
  return found;
}

/** Names of the attributes of the resource itself that change. */
export function changedNames(change: PlanChange): string[] {
  return findChanged(change, () => true).flatMap(({ path }) => path ?? []);
}

/** Before and after differ in their text and nowhere in what they say: the plan only writes a policy down differently. */
export function isOnlyRewritten(change: PlanChange): boolean {
  if (JSON.stringify(change.before) === JSON.stringify(change.after)) return false;
  return findChanged(change, () => true).length === 0;
}

/** @returns null for the resource as a whole */
function formatPath(steps: readonly (string | number)[]): string | null {
  const text = steps.map((step, index) => formatStep(step, index === 0)).join('');
  return text === '' ? null : oneLine(text, maxPathLength);
}

/** The part of a path that leads to nothing sensitive: keys below are part of the secret. */
export function shownPart(change: PlanChange, steps: readonly (string | number)[]): string | null {
  let place: Place = change;
  let shown = 0;
  for (const step of steps) {
    if (isHidden(place)) break;
    place = below(place, step);
    shown += 1;
  }
  return formatPath(steps.slice(0, shown));
}

function formatStep(step: string | number, isFirst: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
  return isFirst ? step : `.${step}`;
}

function isHidden({ sensitive }: Place): boolean {
  return sensitive.includes(true);
}

function below(place: Place, step: string | number): Place {
  return {
    before: memberOf(place.before, step),
    after: memberOf(place.after, step),
    unknown: markOf(place.unknown, step),
    sensitive: place.sensitive.map((mark) => markOf(mark, step)),
  };
}

/** True holds for all that is below. */
function markOf(mark: unknown, step: string | number): unknown {
  return mark === true ? true : memberOf(mark, step);
}

function memberOf(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Readonly<Record<string | number, unknown>>)[step];
}

/** Names of all members, or indices of all items. */
function stepsOf({ before, after, unknown }: Place): (string | number)[] {
  const values = [before, after, unknown].filter((value) => typeof value === 'object' && value !== null);
  const steps = new Set<string | number>();
  for (const value of values)
    for (const name of Object.keys(value)) steps.add(Array.isArray(value) ? Number(name) : name);
  return [...steps];
}

function holdsTrue(mark: unknown): boolean {
  if (typeof mark !== 'object' || mark === null) return mark === true;
  return Object.values(mark).some(holdsTrue);
}

function isSame(before: unknown, after: unknown): boolean {
  if (before === after || (isNone(before) && isNone(after))) return true;
  return normalJson(before) === normalJson(after);
}

/** Not set: Terraform's providers write it in each of these ways. */
function isNone(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
