import type { Acted, ChosenInput } from '../halo/scan-acts.ts';
import type { SeedInput } from '../halo/seed.ts';
import type { Endpoints } from '../stack/endpoints.ts';
import { controlOf } from './control.ts';

export interface SeededHalo {
  readonly count: number;
  /** Of the generated issues, the first thousand. */
  readonly ids: readonly string[];
  /** Of the fixtures, in their order. */
  readonly issues: readonly { readonly id: string; readonly asset_id: string }[];
}

export interface HaloSummary {
  readonly issues: number;
  readonly assets: number;
  readonly active: number;
  readonly resolved: number;
  readonly types: Readonly<Record<string, number>>;
}

/**
 * What happens in Halo: scans, decisions, deletions, ends of sessions. `first: n` means the first n that the verb can act on (active ones;
 * resolved ones to reopen), after `skip` of them; answers name at most a thousand ids.
 */
export function haloPerson(endpoints: Pick<Endpoints, 'halo' | 'control'>) {
  const control = controlOf(endpoints.halo, endpoints.control);
  const act =
    <More extends object = object>(verb: string) =>
    (chosen: ChosenInput & More) =>
      control.post<Acted>(verb, chosen);

  return {
    seed: (seed: SeedInput) => control.post<SeededHalo>('seed', seed),
    /** Nothing is left: no issue, fault, latency, count or token. */
    reset: () => control.post<void>('reset'),
    /** A scan finds it again: a new finding, and `fields` of the v3 body replaced. */
    change: act<{ fields?: Readonly<Record<string, unknown>> }>('change'),
    /** A scan finds nothing new: only `last_seen_at` and `updated_at` move. */
    touch: act('touch'),
    resolve: act<{ by?: string; comment?: string | null }>('resolve'),
    reopen: act('reopen'),
    setType: act<{ type: string }>('set-type'),
    /** Deletes the assets of the chosen issues, with all their issues unless these are kept. */
    retire: (chosen: ChosenInput & { keepIssues?: boolean }) =>
      control.post<Acted & { assets: readonly string[] }>('retire', chosen),
    /** The newest finding of each answers 404. */
    removeFinding: act('remove-finding'),
    removeCves: (cves: readonly string[]) => control.post<void>('remove-cve', { cves }),
    /** Of the tokens to come. */
    tokenLifetime: (seconds: number) => control.post<void>('token-lifetime', { seconds }),
    expireTokens: () => control.post<{ expired: number }>('expire-tokens'),
    summary: () => control.post<HaloSummary>('summary'),
    /** By kind: token, issues, issue, server, finding, event, cve. */
    calls: control.calls,
    /** How many requests are remembered; null: all. Counts go on. */
    keepLog: (keep: number | null) => control.post<void>('log', { keep }),
    ...{ latency: control.latency, addFault: control.addFault, clearFaults: control.clearFaults },
    requests: control.requests,
  };
}

export type HaloPerson = ReturnType<typeof haloPerson>;
