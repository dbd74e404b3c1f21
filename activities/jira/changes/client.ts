import type { CheckChange } from '../../decisions/change-permission.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import type { SiteAccess } from '../site.ts';
import type { PersonOf } from '../tickets.ts';
import { approveChange } from './approve-change.ts';
import { findChange, findChanges } from './find-change.ts';
import { listAutoApproved, readHistory } from './history.ts';
import { moveChange } from './move-change.ts';
import type { JiraChangesPort } from './port.ts';
import { readChange } from './read-change.ts';
import { openChanges, type ChangeScheme } from './scheme.ts';
import { createChange, fillChange, linkChange } from './write-change.ts';
import { writeComment } from './write-comment.ts';

export interface JiraChangesOptions {
  /** That of the scheme is used; what promotions need besides may be there. */
  readonly sites: readonly SiteAccess[];
  readonly scheme: ChangeScheme;
  readonly personOf: PersonOf;
  readonly guard: CheckChange;
  /** Between two looks for a ticket that Jira may have created; the tests' own. Default: really waits. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Change tickets in Jira Cloud, REST v3, through jira.js. @throws Error when the scheme's site is none of the sites */
export function createJiraChangesClient(options: JiraChangesOptions): JiraChangesPort {
  const { scheme, guard, personOf, pause } = options;
  const access = options.sites.find(({ name }) => name === scheme.site);
  if (!access) throw new Error(`processes.change.site: ${scheme.site} is none of jira.sites`);
  const open = openChanges(access, scheme, personOf);
  const at = (site: string) => (site === scheme.site ? open : otherSite(site, scheme.site));
  return {
    findChange: async ({ site, build }) => findChange(at(site), build),
    createChange: async (input) => createChange(at(input.site), input, pause),
    readChange: async ({ site, issueId }) => readChange(at(site), issueId),
    fillChange: async ({ site, ...filling }) => fillChange(at(site), filling),
    linkChange: async ({ site, issueId, workflowId }) => linkChange(at(site), issueId, workflowId),
    moveChange: async ({ site, issueId, to }) => moveChange(at(site), issueId, to),
    approveChange: async (input) => approveChange(at(input.site), input, guard),
    writeComment: async ({ site, ...order }) => writeComment(at(site), order),
    readHistory: async ({ site, issueId, build }) => readHistory(at(site), issueId, build),
    findChanges: async ({ site, changedWithinMinutes }) => findChanges(at(site), changedWithinMinutes),
    listAutoApproved: async ({ site, month }) => listAutoApproved(at(site), month),
  };
}

function otherSite(name: string, known: string): never {
  throw createFailure('InvalidInput', `site: ${name} has no change tickets, ${known} has`, {
    details: { system: 'jira', expected: known, found: name },
  });
}
