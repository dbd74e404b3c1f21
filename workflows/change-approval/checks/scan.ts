import type { ChangeFacts, Scan } from '../facts.ts';
import type { CheckVerdict, ScanRules } from '../messages.ts';
import { toMinute } from '../one-line.ts';
import type { Check } from './check.ts';
import { linkTo, passed } from './results.ts';

const hour = 3_600_000;
/** Clocks differ; a scan that ends later than this after now was not read from a clock. */
const skew = 5 * 60_000;

interface Line {
  readonly verdict: Extract<CheckVerdict, 'pass' | 'pending' | 'fail'>;
  readonly text: string;
  readonly fix: string;
}

/** All required scans of exactly this commit passed, are fresh, and nothing blocks (C-18, C-19). Missing or running is not passed. */
export const scan: Check = {
  id: 'scan',
  title: 'Security scans',
  judge(facts) {
    const { scans: report, request, policy } = facts;
    if (report.sha.toLowerCase() !== request.sha.toLowerCase())
      return {
        verdict: 'fail',
        found: [`the scans are of ${report.sha.slice(0, 8)}, not of this commit`],
        links: [],
        fix: 'Run the scans for this commit.',
      };
    const links = report.scans.slice(0, 5).flatMap(({ name, href }) => linkTo(name, href));
    const lines = linesOf(facts);
    const open = lines.filter(({ verdict }) => verdict !== 'pass');
    const found = [...open, ...lines.filter(({ verdict }) => verdict === 'pass')].map(({ text }) => text);
    const fix = [...new Set(open.map((line) => line.fix))].join(' ');
    if (open.some(({ verdict }) => verdict === 'fail')) return { verdict: 'fail', found, links, fix };
    if (open.length > 0) return { verdict: 'pending', found, links, fix };
    if (policy.scans.required.length === 0)
      return {
        verdict: 'manual',
        found: ['the policy requires no scan, so nothing shows that one was made', ...found],
        links,
        fix: 'Name the required scans in the policy (scans.required).',
      };
    return passed(found, links);
  },
};

/** One line for each required scan, and one for each other that found something blocking. */
function linesOf({ scans: { scans }, policy, now }: ChangeFacts): readonly Line[] {
  const { required } = policy.scans;
  const asked = required.map((name) => {
    const of = scans.filter((each) => each.name === name);
    return of.length === 0 ? missing(name) : worst(of.map((each) => judgeScan(each, policy.scans, now)));
  });
  const others = scans.filter(({ name }) => !required.includes(name));
  return [...asked, ...others.flatMap((each) => blocked(each, policy.scans) ?? [])];
}

function worst(lines: readonly Line[]): Line {
  const [first] = [...lines].sort((a, b) => rank[b.verdict] - rank[a.verdict]);
  return first ?? missing('a scan');
}

const rank = { pass: 0, pending: 1, fail: 2 } as const;

const missing = (name: string): Line => ({
  verdict: 'fail',
  text: `${name}: missing for this commit`,
  fix: `Run ${name} for this commit.`,
});

function judgeScan(each: Scan, rules: ScanRules, now: string): Line {
  const { name, state, finishedAt } = each;
  if (state === 'missing') return missing(name);
  // what it found already blocks, whether it has ended or not
  const block = blocked(each, rules);
  if (block) return block;
  if (state === 'running')
    return { verdict: 'pending', text: `${name}: still running`, fix: `${name} ends.` };
  if (state === 'failed')
    return { verdict: 'fail', text: `${name}: failed`, fix: `Run ${name} again, successfully.` };
  const at = finishedAt === null ? Number.NaN : Date.parse(finishedAt);
  const age = Date.parse(now) - at;
  if (!(age >= -skew && age <= rules.maxAgeHours * hour))
    return {
      verdict: 'fail',
      text: `${name}: ended ${toMinute(finishedAt ?? 'at an unknown time')}, not within the last ${rules.maxAgeHours} h`,
      fix: `Run ${name} again for this commit.`,
    };
  return {
    verdict: 'pass',
    text: `${name}: passed ${toMinute(finishedAt ?? '')}, nothing blocking`,
    fix: '',
  };
}

function blocked({ name, findings }: Scan, { blocking }: ScanRules): Line | undefined {
  const counts = blocking.flatMap((severity) =>
    findings[severity] > 0 ? [`${findings[severity]} ${severity}`] : [],
  );
  if (counts.length === 0) return undefined;
  return {
    verdict: 'fail',
    text: `${name}: ${counts.join(', ')}`,
    fix: `Repair what ${name} found, or dismiss it in GitLab with a reason.`,
  };
}
