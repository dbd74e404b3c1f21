import { createHash } from 'node:crypto';
import type { DetailRow, Finding, FindingDetails, Severity } from '../../workflows/halo-sync/finding.ts';

/** A finding of a file with what Halo would be asked for. */
export interface FileFinding extends Omit<FindingDetails, 'raw'> {
  readonly finding: Finding;
  /** As it is in the file. */
  readonly raw: unknown;
}

type Content = Pick<Finding, 'type' | 'name' | 'critical' | 'severity' | 'url' | 'asset' | 'cves' | 'fields'>;

/** Over what a finding is, where, and what people are told of it; times are no news about it. */
export function contentHashOf(finding: Content, rows: readonly DetailRow[]): string {
  const { type, name, critical, severity, url, asset, cves, fields } = finding;
  const names = Object.keys(fields).sort();
  const content = [
    ...[type, name, critical, severity, url, asset?.ref, asset?.name, asset?.type, cves.toSorted()],
    names.map((field) => [field, fields[field]]),
    rows.map(({ label, value }) => [label, value]),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** The bands of CVSS v3, in which scanners give their scores as well. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** Links in tickets lead to the web. @returns null for anything else */
export function webUrl(url: string | null | undefined): string | null {
  const parsed = URL.parse(url ?? '');
  return parsed && ['http:', 'https:'].includes(parsed.protocol) ? parsed.href : null;
}
