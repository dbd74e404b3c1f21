import type { Finding } from '../../workflows/halo-sync/finding.ts';
import { createReader } from '../../workflows/halo-sync/mapping.ts';
import type { FindingPolicy, Route } from '../../workflows/halo-sync/messages.ts';
import { fillTemplate, routeOf, unrouted } from '../../workflows/halo-sync/routing.ts';
import type { PageContext } from './context.ts';
import type { Group, Groups } from './groups.ts';
import { groupIdOf } from './hash.ts';
import { isAssetField } from './write-finding.ts';

/** Where a finding belongs. */
export interface Place {
  readonly finding: Finding;
  readonly route: Route;
  /** Null: it has a ticket of its own. */
  readonly group: Group | null;
  /** Its group, should it be one of a flood that people want grouped. */
  readonly floodGroup: Group | null;
}

/** By the rules of the source; asks for the asset only where they do. */
export async function findPlace(page: PageContext, groups: Groups, finding: Finding): Promise<Place> {
  const { policy } = page.input;
  const { asset } = asksAsset(policy)
    ? await page.source.details(finding, { asset: true, latest: false, cves: false })
    : { asset: null };
  const read = createReader(finding, asset);
  const route = routeOf(policy, read);
  const groupOf = (template: string) => {
    const title = fillTemplate(template, read);
    return groups.of(groupIdOf(policy.source, template, title), title, route);
  };
  return {
    finding,
    route,
    group: route.groupBy === null ? null : groupOf(route.groupBy),
    floodGroup:
      route.groupBy === null && route !== unrouted && policy.flood ? groupOf(policy.flood.groupBy) : null,
  };
}

function asksAsset({ routes, flood }: FindingPolicy): boolean {
  const templates = [...routes.map(({ groupBy }) => groupBy ?? ''), flood?.groupBy ?? ''];
  return (
    routes.some(({ when }) => when.some(({ field }) => isAssetField(field))) ||
    templates.some((template) => /\{(?:server_|asset\.)/.test(template))
  );
}
