import type { Finding, FindingDetails } from '../../workflows/halo-sync/finding.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import type { FindingSource } from '../findings/source.ts';
import { toAsset, unknownAsset, type Asset } from './asset.ts';
import { recordsOf, toLatest, type Body } from './latest.ts';
import { isAssetPath, isLatestPath } from './paths.ts';
import { KeptJson, toRaw } from './raw.ts';
import { remember } from './remember.ts';
import { toScore } from './rows.ts';
import type { HaloRow } from './schema.ts';
import type { HaloGet } from './session.ts';

export interface DetailSource {
  readonly get: HaloGet;
  /** ms since 1970 */
  readonly now: () => number;
  /** The row that a finding was read from; undefined when it came from elsewhere. */
  readonly rowOf: (finding: Finding) => HaloRow | undefined;
  /** Where the list does not tell: path of the newest scan result or event. */
  readonly findLatest: (findingId: string) => Promise<string | null>;
}

interface KeptAsset {
  readonly asset: Asset;
  readonly kept: KeptJson;
}
interface KeptCve {
  readonly score: number | null;
  readonly summary: string | null;
  readonly kept: KeptJson;
}

/** A fleet, and the CVEs that are about, at two kilobytes each. A server's state or a score may be ten minutes old. */
const memory = { size: 5_000, ageMs: 600_000 };
const mostKept = 16_000;
const cveForm = /^CVE-\d{4}-\d{4,10}$/;
/** Asked about for one finding: a package of an old system has hundreds, and a ticket has no room for them. */
const mostCves = 20;
const mostSummary = 1_000;

/**
 * One asset is asked for once, however many findings it has and however many of them are at work; so is a CVE. What is gone (404)
 * is null, and never what was read for another (B5, B6 of halo.md); any other failure is this finding's own.
 */
export function createDetails({ get, now, rowOf, findLatest }: DetailSource): FindingSource['details'] {
  async function getOrNull(action: string, path: string): Promise<Body | null> {
    try {
      const body = await get(action, path);
      return isRecord(body) ? body : null;
    } catch (error) {
      if (failureType(error) === 'NotFound') return null;
      throw error;
    }
  }

  const readAsset = remember({ ...memory, now }, async (path): Promise<KeptAsset | null> => {
    const body = await getOrNull('read a server', path);
    const server = body && (isRecord(body['server']) ? body['server'] : body);
    return server && { asset: toAsset(server), kept: new KeptJson(server, mostKept) };
  });

  const readCve = remember({ ...memory, now }, async (id): Promise<KeptCve | null> => {
    const body = await getOrNull(`read ${id}`, `/v1/cve_details/${id}`);
    return body && toCve(body);
  });

  return async (finding, want) => {
    const path = (want.asset && finding.asset?.ref) || null;
    const isKnown = path !== null && isAssetPath(path);
    const ids = want.cves ? finding.cves.filter((id) => cveForm.test(id)).slice(0, mostCves) : [];
    const latestPath = want.latest ? (finding.latest ?? (await findLatest(finding.id))) : null;
    const [server, latest, answers] = await Promise.all([
      isKnown ? readAsset(path) : null,
      latestPath !== null && isLatestPath(latestPath) ? getOrNull('read a finding', latestPath) : null,
      Promise.all(ids.map((id) => readCve(id))),
    ]);
    const row = rowOf(finding);
    const scores = scoresOf(row, latest);
    const cves = ids.map((id, index) => {
      const { score = null, summary = null } = answers[index] ?? {};
      return { id, score: score ?? scores.get(id) ?? null, summary };
    });
    return {
      asset: path === null || isKnown ? (server?.asset ?? null) : unknownAsset(path),
      latest: latest ? toLatest(finding, latest) : unknownLatest(latestPath),
      cves,
      // most texts are not cut, and nobody asks for it
      get raw() {
        const known = answers.flatMap((answer) => (answer ? [JSON.parse(answer.kept.json) as unknown] : []));
        return toRaw({ issue: row ?? finding, finding: latest, asset: server?.kept ?? null, cves: known });
      },
    };
  };
}

/** An address that nobody asks: that is said, and no reason to leave the finding out. Null: it was asked, and is gone. */
function unknownLatest(path: string | null): FindingDetails['latest'] {
  if (path === null || isLatestPath(path)) return null;
  const value = `not read: Halo is not known to keep findings at ${path}`;
  return { title: 'The latest finding', rows: [{ label: 'finding', value }], items: [] };
}

/** The list of packages is long and says nothing about this finding; the old tool left it out as well. */
function toCve({ 'Vulnerable packages': _packages, ...body }: Body): KeptCve {
  const { summary } = body;
  return {
    score: toScore(body['cvss_score']),
    summary: typeof summary === 'string' ? summary.slice(0, mostSummary) : null,
    kept: new KeptJson(body, mostKept),
  };
}

/** By CVE, as the issue and its newest scan result have them. */
function scoresOf(row: HaloRow | undefined, latest: Body | null): ReadonlyMap<unknown, number | null> {
  const attributes = row?.['extended_attributes'];
  const listed = isRecord(attributes) ? recordsOf(attributes['cve_info']) : [];
  const found = recordsOf(latest?.['cve_entries']);
  return new Map([
    ...listed.map(({ id, cvss_score: score }) => [id, toScore(score)] as const),
    ...found.map(({ cve_entry: id, cvss_score: score }) => [id, toScore(score)] as const),
  ]);
}
