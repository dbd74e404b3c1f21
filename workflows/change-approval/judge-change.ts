import { allChecks } from './all-checks.ts';
import type { Check } from './checks/check.ts';
import type { ChangeFacts } from './facts.ts';
import type { CheckResult, Verdict } from './messages.ts';
import { oneLine } from './one-line.ts';

const most = { found: 20, line: 300, links: 6, label: 100, href: 1_000 } as const;

/** Pure: the same facts give the same verdict. It recommends; whether anybody is asked is the policy's (C-23, C-24). */
export function judgeChange(facts: ChangeFacts, checks: readonly Check[] = allChecks): Verdict {
  const results = checks.map((check) => judge(check, facts));
  return { recommends: recommend(results), checks: results };
}

/** What only a person can settle is not waited for: he is asked at once, and sees what is still pending. */
function recommend(results: readonly CheckResult[]): Verdict['recommends'] {
  const has = (...verdicts: readonly CheckResult['verdict'][]) =>
    results.some(({ verdict }) => verdicts.includes(verdict));
  if (has('fail', 'manual')) return 'manual';
  // no checks at all prove nothing
  if (results.length === 0) return 'manual';
  return has('pending') ? 'wait' : 'approve';
}

function judge(check: Check, facts: ChangeFacts): CheckResult {
  const { verdict, found, links, fix } = check.judge(facts);
  const lines =
    found.length > most.found
      ? [...found.slice(0, most.found - 1), `and ${found.length - most.found + 1} more`]
      : found;
  return {
    id: check.id,
    title: check.title,
    verdict,
    found: lines.map((line) => oneLine(line, most.line)),
    links: links
      .filter(({ href }) => href.length <= most.href)
      .slice(0, most.links)
      .map(({ label, href }) => ({ label: oneLine(label, most.label), href })),
    fix: verdict === 'pass' ? '' : oneLine(fix, most.line),
  };
}
