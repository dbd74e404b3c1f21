import { z } from 'zod';
import { groups } from './catalogue.ts';
import { rulesOf, usualTypes, type Generation } from './generate.ts';
import type { HaloStore } from './halo-store.ts';
import { contents, type HaloAsset, type HaloIssue } from './model.ts';
import { parseMicros } from './moments.ts';
import { readControl } from './read-control.ts';
import { uuidOf } from './scramble.ts';

const moment = z.string().transform((text, context) => {
  const at = parseMicros(text);
  if (at === undefined) context.addIssue({ code: 'custom', message: 'an ISO 8601 time' });
  return at ?? 0;
});
const share = z.number().min(0).max(1);
const object = z.record(z.string(), z.unknown());

/** An issue in Halo's own shape; whatever is not given is made. Fields beyond those named here replace the shown ones as they are. */
const IssueFixture = z.looseObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional(),
  type: z.string().default('sva'),
  status: z.enum(['active', 'resolved']).default('active'),
  critical: z.boolean().default(false),
  created_at: moment.optional(),
  updated_at: moment.optional(),
  last_seen_at: moment.optional(),
  resolved_at: moment.optional(),
  resolved_by: z.string().optional(),
  resolution_comment: z.string().optional(),
  /** Of an asset that exists; else one is made. */
  asset_id: z.string().optional(),
});

const Seed = z.strictObject({
  /** So many generated issues, added to those that exist. */
  count: z.number().int().min(0).max(1_000_000).default(0),
  seed: z.number().int().default(1),
  until: moment.optional(),
  assets: z.number().int().positive().optional(),
  types: z.partialRecord(z.enum(contents), z.number().min(0)).default(usualTypes),
  critical: share.default(0.2),
  resolved: share.default(0),
  longNames: z.number().int().min(0).default(0),
  issues: z
    .array(
      z.strictObject({
        issue: IssueFixture,
        /** Fields that are not shown at all. */
        omit: z.array(z.string()).default([]),
        /** Replaces fields of the asset's server. */
        server: object.optional(),
        /** Replaces fields of its findings' bodies. */
        finding: object.optional(),
      }),
    )
    .default([]),
  /** Bodies of `cve_details` by id. */
  cves: z.record(z.string(), object).default({}),
});
export type SeedInput = z.input<typeof Seed>;
type Fixture = z.output<typeof Seed>['issues'][number];

/** So many ids are told of many. */
export const mostIdsTold = 1_000;

export function plant(store: HaloStore, input: unknown) {
  const { issues, cves, count, ...rest } = readControl(Seed, input);
  for (const [id, body] of Object.entries(cves)) store.cveOverlays.set(id, body);
  const generation: Generation = {
    ...{ ...rest, count, until: rest.until ?? store.tick() },
    assets: rest.assets ?? Math.max(1, Math.round(count / 20)),
  };
  const made = count > 0 ? store.generate(generation) : [];
  const fixtures = issues.map((fixture) => plantIssue(store, fixture));
  return {
    count: made.length + fixtures.length,
    ids: made.slice(0, mostIdsTold).map(({ id }) => id),
    issues: fixtures.map(({ id, asset }) => ({ id, asset_id: asset.id })),
  };
}

function plantIssue(store: HaloStore, { issue: given, omit, server, finding }: Fixture): HaloIssue {
  const { id, type, status, critical, asset_id: assetId, ...rest } = given;
  const { created_at: created, updated_at: updated, last_seen_at: seen, ...resolution } = rest;
  const { resolved_at: resolved, resolved_by: by, resolution_comment: comment, ...overlay } = resolution;
  const n = store.numbers.issue();
  const at = updated ?? seen ?? created ?? store.tick();
  const createdAt = created ?? seen ?? at;
  const content = contents.find((known) => known === type) ?? 'agent';
  const known = assetId === undefined ? undefined : store.asset(assetId);
  const asset = known ?? plantAsset(store, at, assetId, server);
  const made: HaloIssue = {
    ...{ n, id: id ?? uuidOf(0, n, 2), seed: 0, asset, content, rule: n % rulesOf(content), longName: false },
    ...{ type, critical, status, createdAt, updatedAt: at, lastSeenAt: seen ?? at },
    ...(status === 'resolved'
      ? { resolvedAt: resolved ?? at, resolvedBy: by ?? 'system', resolutionComment: comment ?? null }
      : { resolvedAt: null, resolvedBy: null, resolutionComment: null }),
    findings: [createdAt],
    ...(Object.keys(overlay).length > 0 ? { overlay } : {}),
    ...(omit.length > 0 ? { omit } : {}),
    ...(finding ? { findingOverlay: finding } : {}),
  };
  store.addIssue(made);
  return made;
}

function plantAsset(
  store: HaloStore,
  at: number,
  id: string | undefined,
  overlay: Readonly<Record<string, unknown>> | undefined,
): HaloAsset {
  const n = store.numbers.asset();
  const asset: HaloAsset = {
    ...{ n, id: id ?? uuidOf(0, n, 3), seed: 0, group: n % groups.length, provider: 'aws', os: 'linux' },
    hostname: typeof overlay?.['hostname'] === 'string' ? overlay['hostname'] : `fixture-${n}`,
    ...{ state: 'active', scannedAt: at, gone: false },
    ...(overlay ? { overlay } : {}),
  };
  store.addAsset(asset);
  return asset;
}
