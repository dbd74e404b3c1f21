import { cvesById, groups, policyRules, sha256Like, type PolicyRule } from './catalogue.ts';
import { cvesOf, packageOf, ruleOf } from './describe-rule.ts';
import { findingIdOf, findingPathOf } from './finding-ids.ts';
import type { HaloIssue } from './model.ts';
import { toShortIso } from './moments.ts';
import { mix, withoutHyphens } from './scramble.ts';
import { fqdnOf } from './show-asset.ts';

/** The body at a finding's URL, not wrapped: a result of a scan, or an event. */
export function toFinding(issue: HaloIssue, k: number, baseUrl: string): object {
  const { content } = issue;
  if (content === 'sva') return { ...toSva(issue, k, baseUrl), ...issue.findingOverlay };
  const rule = policyRules[content][issue.rule];
  if (!rule) throw new Error(`${content}: no rule ${issue.rule}`);
  if (content === 'csm') return { ...toCsm(issue, k, baseUrl, rule), ...issue.findingOverlay };
  if (content === 'fim') return { ...toFim(issue, k, baseUrl, rule), ...issue.findingOverlay };
  return { ...toEvent(issue, k), ...issue.findingOverlay };
}

const headOf = (issue: HaloIssue, k: number, baseUrl: string) => ({
  id: findingIdOf(issue, k),
  url: `${baseUrl}${findingPathOf(issue, k)}`,
  status: 'bad',
  critical: issue.critical,
});

function toSva(issue: HaloIssue, k: number, baseUrl: string): object {
  return {
    ...headOf(issue, k, baseUrl),
    ...{ package_name: ruleOf(issue).name, package_version: packageOf(issue).version, cpe: 'not_found' },
    cve_entries: cvesOf(issue).map(({ id, score }) => ({
      ...{ cve_entry: id, cvss_score: score, suppressed: false },
    })),
  };
}

function toCsm(issue: HaloIssue, k: number, baseUrl: string, rule: PolicyRule): object {
  return {
    ...headOf(issue, k, baseUrl),
    ...{ rule_name: ruleOf(issue).name, rule_operator: 'AND', rule_description: rule.description },
    reference_identifiers: [],
    details: [
      {
        ...{
          status: 'bad',
          actual: false,
          expected: true,
          target: rule.target,
          check_id: rule.number + 1_464_430,
        },
        ...{ pattern: '\\\\s\\\\/var\\\\/log\\\\s', type: 'file_regex', scan_status: 'ok' },
      },
    ],
  };
}

function toFim(issue: HaloIssue, k: number, baseUrl: string, rule: PolicyRule): object {
  const { critical, asset } = issue;
  const at = Math.floor((issue.findings[k] ?? 0) / 1_000_000);
  const metaOf = (changed: number) => ({
    ...{
      size: 512,
      user: 'root',
      uid: 0,
      group: 'root',
      gid: 0,
      mode: 'rw-r--r--',
      type: 'regular',
      nlink: 1,
    },
    ...{ ino: 20_000 + rule.number, dev: 51_714, ctime: changed, mtime: changed, atime: changed },
  });
  const expected = {
    ...{ baseline_id: sha256Like(rule.number, 1).slice(0, 32), baseline_server_id: withoutHyphens(asset.id) },
    ...{
      baseline_server_node_name: asset.hostname,
      baseline_date: toShortIso(issue.createdAt - 86_400_000_000),
    },
    ...{ sha256: sha256Like(rule.number, 2), meta: metaOf(at - 86_400) },
  };
  const detail = {
    ...{ status: ['changed'], sha256: sha256Like(issue.n, k), meta: metaOf(at), expected: [expected] },
  };
  return {
    ...headOf(issue, k, baseUrl),
    reference_identifiers: [],
    rule: { target: rule.target, critical, description: rule.description },
    findings: [{ status: 'changed', file: rule.target, detail }],
  };
}

/** `GET /v1/events/{id}`. */
function toEvent(issue: HaloIssue, k: number): object {
  const { asset, critical, content } = issue;
  const { name, policy } = ruleOf(issue);
  const group = groups[asset.group];
  const message = `${name} matched on ${asset.os} server ${asset.hostname}. (source: ${policy?.name ?? ''})`;
  const lids = content === 'lids';
  return {
    ...{ id: findingIdOf(issue, k), type: lids ? 'lids_rule_failed' : `${content}_event` },
    ...{
      name: lids ? 'Log-based intrusion detection rule matched' : name,
      critical,
      rule_name: name,
      message,
    },
    original_log_entry: `${toShortIso(issue.findings[k] ?? 0)} ${asset.hostname} ${name}`,
    ...{ policy_name: policy?.name ?? null, created_at: toShortIso(issue.findings[k] ?? 0), tag: null },
    ...{ server_id: withoutHyphens(asset.id), server_hostname: asset.hostname, server_label: null },
    ...{ server_reported_fqdn: fqdnOf(asset), server_platform: asset.os === 'linux' ? 'Linux' : 'Windows' },
    ...{ server_group_name: group?.name, server_group_path: group?.path },
  };
}

/**
 * `GET /v1/cve_details/{CVE}`. The keys `CVE`, `summary`, `cwe_id` and `Vulnerable packages` are those that public callers read; the
 * rest of Halo's body is not known, and `cvss_score` is named as in a finding.
 */
export function toCve(id: string): object | undefined {
  const cve = cvesById.get(id);
  if (!cve) return undefined;
  const hash = mix(cve.score * 10, id.length, Number(id.slice(9)));
  const weakness = ['Improper Input Validation', 'Buffer Overflow', 'Use After Free', 'Information Exposure'];
  return {
    ...{ CVE: id, cvss_score: cve.score, cwe_id: `CWE-${[20, 120, 416, 200][hash % 4]}` },
    summary: `${weakness[hash % 4]} allows a remote attacker to affect confidentiality or availability (${id}).`,
    ...{ published: `${id.slice(4, 8)}-0${1 + (hash % 9)}-15T00:00:00.000Z` },
    'Vulnerable packages': [{ name: 'example', versions: ['1.0.1', '1.0.2'] }],
  };
}
