import type { Finding, FindingDetails } from '../../workflows/halo-sync/finding.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { FindingPage, FindingSource, ListQuery } from '../findings/source.ts';
import { createReadFile, type FileFormat, type ReadFindings } from './read-file.ts';

/** As the configuration has it. */
export interface FileOptions {
  /** Absolute, or relative to the working directory. */
  readonly path?: string | undefined;
  /** `sarif`: SARIF 2.1.0; `json`, the default: our own, see json-format.ts. */
  readonly format?: FileFormat | undefined;
}

const findingsPerPage = 100;

/**
 * Findings in a file that a scanner writes: what a pass lists is what is in the file now. The file is read again when it was written;
 * a page that was begun with another content is refused, so that no pass is made of two halves.
 */
export function createFileSource({ path, format = 'json' }: FileOptions): FindingSource {
  if (!path) throw new Error('a source of the kind file needs a path');
  const read = createReadFile(path, format);
  return {
    kind: 'file',
    // everything is in the file: no call is made for any type
    types: [],
    async list(query, cursor): Promise<FindingPage> {
      const file = await read();
      const start = cursor === null ? 0 : startOf(cursor, file);
      const rows = file.rows.slice(start, start + findingsPerPage);
      const end = start + rows.length;
      return {
        findings: rows.map(({ finding }) => finding).filter((finding) => isAsked(finding, query)),
        next: end < file.rows.length ? `${file.digest}:${end}` : null,
        // told once a pass
        faults: cursor === null && query.status === 'active' ? file.faults : [],
      };
    },
    async describe(findingId) {
      return (await read()).findings.get(findingId)?.finding ?? null;
    },
    async details(finding, want): Promise<FindingDetails> {
      const row = (await read()).findings.get(finding.id);
      if (!row) return { asset: null, latest: null, cves: [], raw: JSON.stringify(finding, null, 2) };
      return {
        asset: want.asset ? row.asset : null,
        latest: want.latest ? row.latest : null,
        cves: want.cves ? row.cves : [],
        raw: JSON.stringify(row.raw, null, 2),
      };
    },
  };
}

/** @throws Conflict when the page before this one was of another content */
function startOf(cursor: string, file: ReadFindings): number {
  const [digest, start = ''] = cursor.split(':');
  if (!/^\d{1,9}$/.test(start))
    throw createFailure('InvalidInput', 'finding file: the cursor is none of this source');
  if (digest !== file.digest)
    throw createFailure('Conflict', 'finding file: it was written between two pages: begin again', {
      details: { system: 'finding-file', action: 'list findings' },
    });
  return Number(start);
}

/** The filters of a file are fields of its findings, by the names that a mapping uses. */
function isAsked(finding: Finding, { status, since, criticalOnly, filters }: ListQuery): boolean {
  if (finding.status !== status || (criticalOnly && !finding.critical)) return false;
  const at = status === 'active' ? finding.changedAt : (finding.resolvedAt ?? finding.changedAt);
  if (since !== null && at < since) return false;
  return Object.entries(filters).every(([name, value]) => hasValue(finding, name, value));
}

function hasValue({ fields }: Finding, name: string, wanted: string): boolean {
  const found = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (found === null || found === undefined) return false;
  return typeof found === 'object' ? found.includes(wanted) : String(found) === wanted;
}
