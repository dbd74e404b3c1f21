export type Unit = 'ms' | 's' | 'min' | 'MB' | '%' | 'events' | 'count';

/** Which number of the samples a limit speaks about. */
export type Statistic = 'mean' | 'p50' | 'p95' | 'max' | 'min';

export interface Limit {
  readonly of: Statistic;
  readonly is: '<' | '<=' | '>=';
  readonly value: number;
}

/** One measured row. Without a limit it only explains another row. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly n: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly min: number;
  readonly limit: Limit | null;
  readonly ok: boolean;
}

/** A figure without samples misses its limit: nothing measured is nothing shown. */
export function toFigure(name: string, unit: Unit, samples: readonly number[], limit?: Limit): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  const numbers = {
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
    min: at(0),
  };
  const ok = limit === undefined || isMet(numbers[limit.of], limit);
  return { name, unit, n: sorted.length, ...numbers, limit: limit ?? null, ok };
}

function isMet(found: number, { is, value }: Limit): boolean {
  if (is === '<') return found < value;
  return is === '<=' ? found <= value : found >= value;
}
