import {
  cves,
  packages,
  policyIdOf,
  policyNames,
  policyRules,
  type Cve,
  type PackageRule,
} from './catalogue.ts';
import type { HaloIssue } from './model.ts';
import { mix } from './scramble.ts';

/** The rule that an issue is about, as its texts need it. */
export interface RuleText {
  readonly name: string;
  readonly key: string;
  readonly policy: { readonly id: string; readonly name: string } | null;
}

const longNameLength = 10_000;

/** `issue_type::rule_number::rule_name` (H-42); the number of `sva` is empty. */
export function ruleOf(issue: HaloIssue): RuleText {
  const name = issue.longName ? longNameOf(issue) : shortNameOf(issue);
  if (issue.content === 'sva') return { name, key: `sva::::${name}`, policy: null };
  const number = policyRules[issue.content][issue.rule]?.number ?? 0;
  return {
    name,
    key: `${issue.content}::${number}::${name}`,
    policy: { id: policyIdOf(issue.content), name: policyNames[issue.content] },
  };
}

export function packageOf(issue: HaloIssue): PackageRule {
  return packages[issue.rule % packages.length] ?? { name: '', version: '' };
}

/** One to four of the pool. */
export function cvesOf(issue: HaloIssue): Cve[] {
  const hash = mix(issue.seed, issue.n, 10);
  const chosen = Array.from({ length: 1 + (hash % 4) }, (_, k) => cves[(hash + k * 997) % cves.length]);
  return chosen.filter((cve) => cve !== undefined);
}

function shortNameOf({ content, rule }: HaloIssue): string {
  if (content === 'sva') return packages[rule]?.name ?? '';
  return policyRules[content][rule]?.name ?? '';
}

/** Text of the worst kind: markup of Jira, HTML, JQL and CSV, quotes, line ends and letters outside of ASCII. */
function longNameOf(issue: HaloIssue): string {
  const start = `${shortNameOf(issue)} {code}*h1.* <b>&amp;</b> " OR project = SEC -- =1+1,\n– ünïcödé 🔒 `;
  return start
    .repeat(Math.ceil(longNameLength / start.length))
    .slice(0, longNameLength)
    .toWellFormed();
}
