import type { Finding } from '../../workflows/halo-sync/finding.ts';
import { createFailure, failureMessage, failureType } from '../../workflows/shared/failures.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { mapBounded } from '../bounded.ts';
import { isOwnFailure } from '../findings/context.ts';
import type { FindingPage, FindingSource, ListQuery } from '../findings/source.ts';
import { createCaller } from '../outside-call.ts';
import { createRateLimit } from '../rate-limit.ts';
import { createDetails } from './details.ts';
import { withGate } from './gate.ts';
import { readPage, toCursor } from './pages.ts';
import { isUnnamed, readRow, type ReadRow, type RowFault } from './rows.ts';
import { idForm, type HaloRow } from './schema.ts';
import { createGet } from './session.ts';

export interface HaloOptions {
  /** Such as `https://api.cloudpassage.com`; no slash at its end. */
  readonly baseUrl: string;
  /** Of an API key with the role auditor (H-23). */
  readonly keyId: string;
  readonly secret: string;
  /** v1 has the four kinds of ServerSecure, v3 all assets. */
  readonly api: 'v3' | 'v1';
  /** Halo documents no limit; divided by the number of workers. */
  readonly callsPerSecond: number;
  readonly userAgent?: string;
  /** ms since 1970; the tests' own. */
  readonly now?: () => number;
}

const rowsPerPage = 100;
/** Connections to one host, see http.ts; fewer where the rate is lower, so that none waits for more than a second. */
const mostAtOnce = 32;
const describedAtOnce = 8;

/**
 * CloudPassage Halo by REST, as halo.md §2 and §8 have it: there is no client of the vendor in the registry. Only reads, so that all
 * may be repeated; each call is made once (a second time after a 401) and Temporal repeats the page. All pages are followed, however
 * many there are.
 */
export function createHaloSource(options: HaloOptions): FindingSource {
  const { baseUrl, keyId, secret, api, callsPerSecond, userAgent = 'lockkeeper', now = Date.now } = options;
  const limited = createCaller('halo', createRateLimit({ callsPerSecond, burst: callsPerSecond }));
  const call = withGate(limited, Math.min(callsPerSecond, mostAtOnce));
  const get = createGet({ baseUrl, keyId, secret, userAgent, call, now });
  const list = { baseUrl, path: `/${api}/issues` };
  // for the attachment; a row lives as long as its finding is at work
  const rows = new WeakMap<Finding, HaloRow>();

  function keep({ finding, row }: ReadRow): Finding {
    rows.set(finding, row);
    return finding;
  }

  async function describe(findingId: string): Promise<ReadRow | null> {
    if (isUnnamed(findingId)) return null;
    // a ticket's field may hold anything: it must neither become a path nor pass for an issue that is gone
    if (!idForm.test(findingId)) throw createFailure('InvalidInput', 'halo: this is no id of an issue');
    try {
      const body = await get('describe an issue', `${list.path}/${findingId}`);
      return readDescribed(api === 'v3' && isRecord(body) ? body['issue'] : body, findingId);
    } catch (error) {
      if (failureType(error) === 'NotFound') return null;
      throw error;
    }
  }

  async function findLatest(findingId: string): Promise<string | null> {
    return api === 'v1' ? ((await describe(findingId))?.finding.latest ?? null) : null;
  }

  /**
   * v1 lists issues without their findings: what has changed is described, one call each as with the old tool, so that a new finding
   * is news. Where everything is listed, unchanged or not, that would be a call for each issue there is.
   */
  async function withLatest({ finding, row }: ReadRow): Promise<ReadRow | { readonly fault: RowFault }> {
    if (finding.status === 'resolved') return { finding, row };
    try {
      const described = await describe(finding.id);
      const latest = described?.finding.latest ?? null;
      return { finding: { ...finding, latest }, row: described?.row ?? row };
    } catch (error) {
      if (!isOwnFailure(error)) throw error;
      return { fault: { findingId: finding.id, reason: failureMessage(error) } };
    }
  }

  return {
    kind: 'halo',
    types: ['sva', 'csm', 'fim', 'lids'],
    details: createDetails({ get, now, findLatest, rowOf: (finding) => rows.get(finding) }),
    async describe(findingId) {
      const described = await describe(findingId);
      return described && keep(described);
    },
    async list(query, cursor): Promise<FindingPage> {
      const page =
        cursor === null ? `${list.path}?${toParameters(query, api).toString()}` : toCursor(cursor, list);
      const { read, faults, next } = readPage(await get(`list ${query.status} issues`, page), page, list);
      const isWhole = api === 'v3' || query.since === null;
      const all = isWhole ? read : await mapBounded(read, describedAtOnce, withLatest);
      return {
        findings: all.flatMap((one) => ('fault' in one ? [] : [keep(one)])),
        faults: [...faults, ...all.flatMap((one) => ('fault' in one ? [one.fault] : []))],
        next,
      };
    },
  };
}

/** Active issues by the time of their last change, resolved ones by that of their resolution. */
function toParameters({ status, since, criticalOnly, filters }: ListQuery, api: 'v3' | 'v1') {
  // without it v1 leaves out the servers that are not active now, and their issues would pass for gone
  const states = { state: 'active,deactivated,missing,retired' };
  const parameters = new URLSearchParams({ ...(api === 'v1' ? states : {}), ...filters });
  parameters.set('status', status);
  parameters.set('per_page', String(rowsPerPage));
  if (since !== null) parameters.set(status === 'active' ? 'updated_at_gte' : 'resolved_at_gte', since);
  if (criticalOnly) parameters.set('critical', 'true');
  return parameters;
}

/** Another issue than the one that was asked for is nobody's to write into this one's ticket (B5). */
function readDescribed(body: unknown, findingId: string): ReadRow {
  const read = readRow(body);
  const problem = 'fault' in read ? read.fault.reason : 'another issue was answered';
  if ('fault' in read || read.finding.id !== findingId)
    throw createFailure('UnsupportedResponse', `halo: describe an issue: ${problem}`, {
      details: { system: 'halo', action: 'describe an issue' },
    });
  return read;
}
