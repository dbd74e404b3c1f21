import type { Finding, FindingDetails } from './finding.ts';
import { createReader } from './mapping.ts';
import type { Paper } from './paper.ts';
import { toMinute } from './plain-text.ts';
import { printValue } from './routing.ts';

/** Characters of one external text. */
const most = { name: 1_000, fact: 300, item: 300, id: 100 } as const;

/** More than fit in any case. */
const mostCves = 100;

/** What the source's short words mean to people (H-43). */
const typeWords: Readonly<Record<string, string>> = {
  sva: 'software vulnerability',
  csm: 'configuration',
  fim: 'file integrity',
  lids: 'log-based intrusion detection',
  sam: 'server account',
  fw: 'firewall',
  agent: 'agent',
};

/** The finding in short: what, how bad, where, since when. */
export function writeFacts(paper: Paper, finding: Finding, details: FindingDetails): void {
  const read = createReader(finding, details.asset);
  const { asset, type } = finding;
  const words = Object.hasOwn(typeWords, type) ? ` (${typeWords[type] ?? ''})` : '';
  const facts: readonly (readonly [label: string, value: string, most?: number])[] = [
    ['Finding', finding.name, most.name],
    ['Type', `${type}${words}`],
    ['Severity', finding.severity],
    ['Critical', finding.critical ? 'yes' : 'no'],
    ['Rule', printValue(read('issue_rule_key'))],
    ['Policy', printValue(read('issue_policy_name'))],
    ['Asset', asset ? `${asset.name} (${asset.type})` : ''],
    ['Group', printValue(read('asset_group_path') ?? read('asset_group_name'))],
    ['First seen', toMinute(finding.firstSeenAt)],
    ['Id', finding.id],
  ];
  const rows = facts
    .map(([label, value, length = most.fact]) => [label, paper.line(value, length)])
    .filter(([, value]) => value !== '');
  paper.table(['Fact', 'Value'], rows);
}

/** @param room characters that it may take */
export function writeLatest(paper: Paper, latest: FindingDetails['latest'], room: number): void {
  if (!latest) return;
  paper.paragraph(`Latest: ${paper.line(latest.title, most.fact)}`);
  const rows = latest.rows.filter(({ value }) => value.trim() !== '');
  paper.details(['Detail', 'Value'], rows, room / 10, room * 0.7);
  paper.list(latest.items, most.item, room * 0.3);
}

/** The worst first; those that could not be read are named at least. */
export function writeCves(paper: Paper, finding: Finding, details: FindingDetails, room: number): void {
  const known = new Set(details.cves.map(({ id }) => id));
  const unread = finding.cves.filter((id) => !known.has(id));
  const rows = [...details.cves, ...unread.map((id) => ({ id, score: null, summary: null }))]
    .toSorted((one, other) => (other.score ?? -1) - (one.score ?? -1))
    .slice(0, mostCves)
    .map(({ id, score, summary }) => [
      paper.line(id, most.id),
      score === null ? 'unknown' : String(score),
      paper.line(summary ?? '', most.fact),
    ]);
  paper.table(['CVE', 'Score', 'Summary'], rows, room);
}

export function writeAsset(paper: Paper, asset: FindingDetails['asset']): void {
  if (asset) paper.details(['Asset', 'Value'], asset.rows, most.fact);
}
