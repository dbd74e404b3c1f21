import { isMachinePrincipal } from '../commit-people.ts';
import type { ChangeFacts, CodeReview } from '../facts.ts';
import { listOf } from '../one-line.ts';
import type { Check } from './check.ts';
import { linkTo, passed } from './results.ts';

/** Every commit since the last approved change was reviewed by somebody independent, or is a version bump (C-15…C-17, C-20, C-21). */
export const review: Check = {
  id: 'review',
  title: 'Code review',
  judge(facts) {
    const { code } = facts;
    const links = linksOf(code);
    const objection = findObjection(facts);
    if (objection)
      return {
        verdict: 'manual',
        found: [...objection.found, ...machinesOf(facts)],
        links,
        fix: objection.fix,
      };
    return passed([...counts(code), ...machinesOf(facts)], links);
  },
};

interface Objection {
  readonly found: readonly string[];
  readonly fix: string;
}

function findObjection({ code, request }: ChangeFacts): Objection | undefined {
  if (code.to !== request.sha)
    return {
      found: [`the review is of ${code.to.slice(0, 8)}, not of this commit`],
      fix: 'Review this commit.',
    };
  const { findings, moreFindings, reviewed, exempt, commits } = code;
  const open = commits - reviewed - exempt;
  if (!code.linear)
    return {
      found: ['the last approved change is not in this branch: it was rewritten, or this is a roll-back'],
      fix: 'A person compares the two and decides.',
    };
  if (code.from === null)
    return {
      found: ['no approved change to compare with', ...counts(code), ...texts(code, 15)],
      fix: 'Approve one change of this project by hand: the next one is compared with it.',
    };
  if (findings.length === 0 && moreFindings === 0 && open <= 0) return undefined;
  return {
    found: [...counts(code), ...texts(code, 16)],
    fix: 'Bring each of these commits through a merge request that somebody else approves after the last push, without squashing.',
  };
}

function counts({ commits, reviewed, exempt, from }: CodeReview): readonly string[] {
  if (commits === 0 && from !== null) return ['no new commits since the last approved change'];
  const bumps = exempt > 0 ? `, ${exempt} version bumps by content` : '';
  return [`${commits} commits, ${reviewed} reviewed by somebody independent${bumps}`];
}

function texts({ findings, moreFindings }: CodeReview, most: number): readonly string[] {
  const more = Math.max(0, findings.length - most) + moreFindings;
  const shown = findings.slice(0, most).map(({ rule, text }) => `${rule}: ${text}`);
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** Machines are named even where people approved what they made. */
function machinesOf({ code, policy }: ChangeFacts): readonly string[] {
  const machines = code.authors.filter((name) => isMachinePrincipal(name, policy.review.bots));
  return machines.length === 0 ? [] : [`machines among those who made it: ${listOf(machines, 5)}`];
}

function linksOf({ href, findings }: CodeReview) {
  return [
    ...linkTo('Commits since the last approved change', href),
    ...findings
      .slice(0, 4)
      .flatMap((finding) => linkTo(`${finding.rule} ${finding.sha.slice(0, 8)}`, finding.href)),
  ];
}
