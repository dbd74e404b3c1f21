/** Halo's clock: microseconds since 1970, which a double holds exactly until the year 2255. */
export type Micros = number;

/** `2019-09-24T19:56:51.262103Z` */
export function toIso(at: Micros): string {
  const ms = Math.floor(at / 1000);
  return `${new Date(ms).toISOString().slice(0, -1)}${digits(at - ms * 1000)}Z`;
}

const digits = (below1000: number) =>
  (below1000 < 10 ? '00' : below1000 < 100 ? '0' : '') + String(below1000);

/** v1 mostly shows milliseconds. */
export const toShortIso = (at: Micros): string => new Date(Math.floor(at / 1000)).toISOString();

const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?$/;

/** ISO 8601; without a zone it is UTC. @returns undefined when it is no moment */
export function parseMicros(text: string): Micros | undefined {
  const [, date, time = '00:00', fraction = '', zone = 'Z'] = form.exec(text) ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
