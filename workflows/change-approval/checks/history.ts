import { toMinute } from '../one-line.ts';
import type { Check } from './check.ts';
import { passed } from './results.ts';

/** Nothing of the project was approved for the environment before: a person decides, always (C-26). */
export const firstDeploy: Check = {
  id: 'first-deploy',
  title: 'First deploy',
  judge({ history: { lastApproved }, request: { project, environment } }) {
    if (lastApproved)
      return passed([
        `last approved: ${lastApproved.ticket} (${lastApproved.sha.slice(0, 8)}, ${toMinute(lastApproved.at)})`,
      ]);
    return {
      verdict: 'manual',
      found: [`no change of ${project} was approved for ${environment} before`],
      links: [],
      fix: 'Nothing: a first deploy is always decided by people.',
    };
  },
};

/** Another change of the project is on its way: a person decides, always (C-27). */
export const related: Check = {
  id: 'related',
  title: 'Related changes',
  judge({ history }) {
    if (history.related.length === 0) return passed(['no other change of the project is open']);
    return {
      verdict: 'manual',
      // without its status: two changes that move on would void each other's approvals again and again
      found: history.related.map(
        ({ ticket, environment, build }) => `${ticket}: build ${build} for ${environment}`,
      ),
      links: [],
      fix: 'The other changes are deployed, declined or cancelled.',
    };
  },
};
