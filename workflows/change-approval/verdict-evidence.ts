import type { Evidence } from '../approval/messages.ts';
import type { ChangeFacts } from './facts.ts';
import type { CheckVerdict, Verdict } from './messages.ts';
import { listOf, oneLine } from './one-line.ts';
import { type VerdictPage, notCovered, recommendations } from './verdict-comment.ts';

/** So that a request fits into a Slack message and a signed envelope's digest covers what people saw. */
const mostBytes = 8 * 1024;

const words: Readonly<Record<CheckVerdict, string>> = {
  pass: 'passed',
  manual: 'yours to decide',
  fail: 'NOT passed',
  pending: 'not known yet',
};

/** What approvers are shown of a verdict: what is not passed first, nothing that changes by itself as time goes by. At most 8 KB. */
export function toVerdictEvidence(verdict: Verdict, page: VerdictPage): Evidence['facts'] {
  const lengths = [600, 400, 250, 150, 80, 40];
  const drafts = lengths.map((length) => toRows(verdict, page, length));
  return drafts.find((rows) => bytesOf(JSON.stringify(rows)) <= mostBytes) ?? toRows(verdict, page, 0);
}

function toRows(
  { checks, recommends }: Verdict,
  { facts, plan }: VerdictPage,
  length: number,
): Evidence['facts'] {
  const { project, environment, build, buildJob, branch, sha, action } = facts.request;
  const { name, version } = facts.policy;
  const order = { fail: 0, manual: 1, pending: 2, pass: 3 } as const;
  const rows = [...checks]
    .sort((a, b) => order[a.verdict] - order[b.verdict])
    .map((check) => ({ label: check.title, value: told(words[check.verdict], check.found, length) }));
  return [
    { label: 'Environment', value: oneLine(environment, 100) },
    { label: 'Project', value: oneLine(project, 200) },
    { label: 'Build', value: oneLine(`${build} (${buildJob}), ${action}`, 200) },
    { label: 'Branch', value: oneLine(branch, 200) },
    { label: 'Commit', value: sha },
    { label: 'Policy', value: `${name}@${version}` },
    { label: 'Merge requests', value: mergeRequestsOf(facts, length) },
    { label: 'Recommendation', value: recommendations[recommends] },
    ...rows,
    ...(plan
      ? [{ label: 'Terraform plan', value: `${plan.risky ? 'risky' : 'not risky'}, ${plan.digest}` }]
      : []),
    { label: 'Not covered', value: notCovered },
  ];
}

/** What it brings, in the words of whoever made it. */
function mergeRequestsOf({ code }: ChangeFacts, length: number): string {
  const named = code.mergeRequests.map(({ iid, title }) => oneLine(`!${iid} ${title}`, 100));
  return named.length === 0 ? 'none' : oneLine(listOf(named, 10), Math.max(length, 40));
}

function told(word: string, found: readonly string[], length: number): string {
  return length === 0 ? word : `${word}: ${oneLine(found.join('; '), length)}`;
}

/** Of UTF-8; the workflow sandbox needs no Buffer for it. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
