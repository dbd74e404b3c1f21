import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import { findingAt } from './finding-ids.ts';
import { haloControls } from './halo-controls.ts';
import { forbidden, HaloRefusal, notFound } from './halo-refusal.ts';
import { createHaloStore, type HaloStore } from './halo-store.ts';
import { idOf } from './issue-filter.ts';
import { createListV1, listV3 } from './list-issues.ts';
import type { HaloIssue } from './model.ts';
import { plant } from './seed.ts';
import { toServer } from './show-asset.ts';
import { toCve, toFinding } from './show-finding.ts';
import { toDescribedIssueV1 } from './show-issue-v1.ts';
import { toIssue } from './show-issue.ts';
import { createTokens } from './tokens.ts';

export interface HaloVendorOptions {
  /** Of an auditor: it reads everything and writes nothing. */
  readonly key: { readonly id: string; readonly secret: string };
  readonly now?: () => Date;
}

interface HaloCall {
  readonly request: VendorRequest;
  readonly store: HaloStore;
  readonly baseUrl: string;
  /** The last part of the path. */
  readonly id: string;
}

interface HaloRoute {
  /** What the call counts as. */
  readonly kind: string;
  readonly path: RegExp;
  handle(call: HaloCall): VendorResponse;
}

/**
 * CloudPassage Halo as far as issues are concerned: OAuth, lists of v1 and v3, issue, server, finding, event and CVE. URLs in answers
 * lead back here, where the real ones name `api.cloudpassage.com`. Empty until it is seeded: see seed.ts. Controls: see haloControls.
 */
export function createHaloVendor({ key, now = () => new Date() }: HaloVendorOptions): Vendor {
  const tokens = createTokens(key, now);
  const routes = haloRoutes();
  let store = createHaloStore(now);
  const routeOf = ({ path }: VendorRequest) => routes.find((route) => route.path.test(path));
  const isToken = ({ path }: VendorRequest) => path === '/oauth/access_token';

  function answer(request: VendorRequest): VendorResponse {
    if (isToken(request) && request.method === 'POST') return tokens.issue(request);
    tokens.check(request);
    const route = routeOf(request);
    if (!route) throw notFound();
    if (request.method !== 'GET') throw forbidden();
    const baseUrl = `http://${request.headers.host ?? '127.0.0.1'}`;
    const id = request.path.slice(request.path.lastIndexOf('/') + 1);
    return route.handle({ request, store, baseUrl, id });
  }

  return {
    name: 'halo',
    actor: (request) => tokens.ownerOf(request),
    kind: (request) => (isToken(request) ? 'token' : (routeOf(request)?.kind ?? 'unknown')),
    handle(request) {
      try {
        return Promise.resolve(answer(request));
      } catch (error) {
        if (!(error instanceof HaloRefusal)) throw error;
        const { status, body, headers } = error;
        return Promise.resolve({ status, body, headers });
      }
    },
    reset() {
      tokens.reset();
      store = createHaloStore(now);
    },
    seed: (fixtures) => plant(store, fixtures),
    controls: haloControls(() => store, tokens),
  };
}

function haloRoutes(): HaloRoute[] {
  const listV1 = createListV1();
  const finding = ({ store, request, baseUrl }: HaloCall) => {
    const found = findingAt(store, request.path) ?? missing();
    return ok(toFinding(found.issue, found.k, baseUrl));
  };
  return [
    {
      kind: 'issues',
      path: /^\/v3\/issues$/,
      handle: ({ store, request, baseUrl }) => listV3(store, request, baseUrl),
    },
    {
      kind: 'issues',
      path: /^\/v1\/issues$/,
      handle: ({ store, request, baseUrl }) => listV1(store, request, baseUrl),
    },
    {
      kind: 'issue',
      path: /^\/v3\/issues\/[^/]+$/,
      handle: (call) => ok({ issue: toIssue(issueOf(call), call.baseUrl) }),
    },
    {
      kind: 'issue',
      path: /^\/v1\/issues\/[^/]+$/,
      handle: (call) => ok(toDescribedIssueV1(issueOf(call), call.baseUrl)),
    },
    { kind: 'server', path: /^\/v1\/servers\/[^/]+$/, handle: server },
    { kind: 'finding', path: /^\/v1\/scans\/[^/]+\/findings\/[^/]+$/, handle: finding },
    { kind: 'event', path: /^\/v1\/events\/[^/]+$/, handle: finding },
    { kind: 'cve', path: /^\/v1\/cve_details\/[^/]+$/, handle: cve },
  ];
}

function server({ store, id, baseUrl }: HaloCall): VendorResponse {
  const asset = store.asset(idOf('id', id));
  if (!asset || asset.gone) throw notFound();
  return ok({ server: toServer(asset, baseUrl) });
}

function cve({ store, id }: HaloCall): VendorResponse {
  const overlay = store.cveOverlays.get(id);
  const body = toCve(id) ?? (overlay ? { CVE: id } : undefined);
  if (!body || store.lostCves.has(id)) throw notFound();
  return ok({ ...body, ...overlay });
}

function issueOf({ store, id }: HaloCall): HaloIssue {
  return store.issue(idOf('id', id)) ?? missing();
}

const ok = (body: object): VendorResponse => ({ status: 200, body });

function missing(): never {
  throw notFound();
}
