import { isMachinePrincipal } from '../commit-people.ts';
import type { ChangeFacts } from '../facts.ts';
import { listOf } from '../one-line.ts';
import type { Check } from './check.ts';
import { passed } from './results.ts';

/** As many as `CodeReview.authors` holds: beyond it nobody knows whom to exclude. */
const mostAuthors = 200;

/**
 * Segregation of duties: who asks for the deploy is known for sure, so that he can be kept from approving it, as can whoever wrote
 * what is deployed. The check says whom; the approval's own policy enforces it.
 */
export const duties: Check = {
  id: 'duties',
  title: 'Segregation of duties',
  judge(facts) {
    const excluded = excludedOf(facts);
    const said = excluded.length > 0 ? [`may not approve: ${listOf(excluded, 20)}`] : [];
    const doubt = findDoubt(facts);
    if (doubt) return { verdict: 'manual', found: [doubt.text, ...said], links: [], fix: doubt.fix };
    const { person } = facts.request.requester;
    return passed([`asked for by ${person ?? ''}, verified`, ...said]);
  },
};

function findDoubt({ request, build, code, policy }: ChangeFacts) {
  const { person, verified, triggeredBy } = request.requester;
  const fix = 'Ask from the GitLab job itself, with its LOCKKEEPER_ID_TOKEN: lockkeeper gate request.';
  if (person === null) return { text: 'nobody proved who asks for this deploy', fix };
  if (!verified) return { text: `${person} asks for it, but nothing proves that`, fix };
  if (isMachinePrincipal(person, policy.review.bots))
    return { text: `a machine asks for it: ${person}`, fix: 'A person starts the pipeline.' };
  if (triggeredBy !== null && build.triggeredBy !== null && triggeredBy !== build.triggeredBy)
    return {
      text: `the token says that ${triggeredBy} triggered the pipeline, GitLab says ${build.triggeredBy}`,
      fix: 'Ask from the pipeline that made the build.',
    };
  if (code.authors.length >= mostAuthors)
    return {
      text: `${mostAuthors} people or more wrote it: not all can be excluded`,
      fix: 'Deploy more often.',
    };
  return undefined;
}

function excludedOf({ request: { requester }, build, code }: ChangeFacts): readonly string[] {
  const all = [requester.person, requester.triggeredBy, build.triggeredBy, ...code.authors];
  return [...new Set(all)].filter((name) => name !== null);
}
