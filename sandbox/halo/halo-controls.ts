import { z } from 'zod';
import type { HaloStore } from './halo-store.ts';
import { readControl } from './read-control.ts';
import { withoutHyphens } from './scramble.ts';
import { choose, Chosen, scanActs, toActed } from './scan-acts.ts';
import type { createTokens } from './tokens.ts';

const Retired = Chosen.extend({
  /** Only the server is gone, Halo still knows its issues. */
  keepIssues: z.boolean().default(false),
});

const CveList = z.strictObject({ cves: z.array(z.string()) });
const Lifetime = z.strictObject({ seconds: z.number().min(0) });

/**
 * Halo's own verbs of the control surface (design §10). What scans and people do: `change`, `touch`, `resolve`, `reopen`, `set-type`;
 * what is deleted: `retire` (assets of the chosen issues, with all their issues), `remove-finding` (the newest of each chosen issue),
 * `remove-cve` {cves}; sessions: `token-lifetime` {seconds}, `expire-tokens`; to look at: `summary`.
 */
export function haloControls(
  store: () => HaloStore,
  tokens: ReturnType<typeof createTokens>,
): Readonly<Record<string, (body: unknown) => unknown>> {
  const act = (verb: keyof ReturnType<typeof scanActs>) => (body: unknown) => scanActs(store())[verb](body);
  return {
    ...{ change: act('change'), touch: act('touch'), resolve: act('resolve'), reopen: act('reopen') },
    'set-type': act('set-type'),
    retire: (body) => retire(store(), body),
    'remove-finding'(body) {
      const issues = choose(store(), readControl(Chosen, body), () => true);
      for (const issue of issues) (issue.lostFindings ??= new Set()).add(issue.findings.length - 1);
      return toActed(issues);
    },
    'remove-cve'(body) {
      const { cves } = readControl(CveList, body);
      for (const cve of cves) store().lostCves.add(cve);
    },
    'token-lifetime'(body) {
      const { seconds } = readControl(Lifetime, body);
      tokens.setLifetime(seconds);
    },
    'expire-tokens': () => ({ expired: tokens.expireAll() }),
    summary: () => summaryOf(store()),
  };
}

function retire(store: HaloStore, body: unknown) {
  const { keepIssues, ...chosen } = readControl(Retired, body);
  const assets = new Set(choose(store, chosen, ({ asset }) => !asset.gone).map(({ asset }) => asset));
  for (const asset of assets) Object.assign(asset, { gone: true, state: 'retired' });
  const issues = keepIssues ? [] : store.issuesOf(assets);
  for (const issue of issues) store.remove(issue);
  return { assets: [...assets].map(({ id }) => withoutHyphens(id)), ...toActed(issues) };
}

function summaryOf(store: HaloStore) {
  const types: Record<string, number> = {};
  const statuses = { active: 0, resolved: 0 };
  for (const { type, status } of store.sorted('id')) {
    types[type] = (types[type] ?? 0) + 1;
    statuses[status] += 1;
  }
  return { issues: store.size(), assets: store.assetCount(), ...statuses, types };
}
