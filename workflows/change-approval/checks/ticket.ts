import { listOf } from '../one-line.ts';
import type { Check } from './check.ts';
import { passed } from './results.ts';

/** Build job, build number, branch and SHA of the ticket are those of the build (C-10…C-12), and its required data is there (C-6). */
export const ticket: Check = {
  id: 'ticket',
  title: 'Ticket',
  judge({ ticket: { key, mismatches, missing } }) {
    if (mismatches.length > 0)
      return {
        verdict: 'fail',
        found: mismatches,
        links: [],
        fix: `Correct ${key}, or ask for the build that it names.`,
      };
    if (missing.length > 0)
      return {
        verdict: 'pending',
        found: [`not filled in: ${listOf(missing, 10)}`],
        links: [],
        fix: `Fill in these fields of ${key}.`,
      };
    return passed([`${key} names this build, and its required data is there`]);
  },
};
