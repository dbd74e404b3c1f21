import { activityInfo, log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import { acceptFinding } from './accept.ts';
import { endAcceptance } from './end.ts';
import type { AcceptanceOptions } from './options.ts';
import type { FindingAcceptancePort } from './port.ts';
import { readAcceptanceRequest } from './read-request.ts';

const Id = z.string().regex(/^[0-9]{1,19}$/, 'Jira’s numeric id');
const Ref = z.object({ source: z.string().min(1), findingId: z.string().min(1).max(255), issueId: Id });
const Request = Ref.extend({ commentId: Id });
const Acceptance = Request.extend({ until: z.iso.datetime(), runLink: z.string() });

/** Accepted risks, on the queue `-halo`, which holds the credentials of the sources and of Jira. */
export function createAcceptanceActivities(options: AcceptanceOptions): FindingAcceptancePort {
  return {
    async readAcceptanceRequest(input) {
      checkInput(Request, input, 'readAcceptanceRequest');
      return readAcceptanceRequest(options, input);
    },
    async acceptFinding(input) {
      checkInput(Acceptance, input, 'acceptFinding');
      const done = await acceptFinding(options, input, callingRun());
      const { source, issueId, until } = input;
      log.info('accepted a finding', { source, issueId, until, ...done });
      return done;
    },
    async endAcceptance(input) {
      checkInput(Ref, input, 'endAcceptance');
      const done = await endAcceptance(options, input, callingRun());
      log.info('ended the acceptance of a finding', {
        source: input.source,
        issueId: input.issueId,
        ...done,
      });
      return done;
    },
  };
}

/** Of the activity's own context: what an input says about it counts for nothing. */
function callingRun() {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  return { workflowId, runId };
}
