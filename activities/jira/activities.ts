import { log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import { promotionStatuses, type JiraPort } from './port.ts';

const ticket = { site: z.string().min(1), issueId: z.string().regex(/^[0-9]+$/, 'Jira’s numeric issue id') };
const Ticket = z.object(ticket);
const Move = z.object({ ...ticket, to: z.enum(promotionStatuses) });
const Assignment = z.object({
  ...ticket,
  assignee: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('account'), accountId: z.string().min(1) }),
    z.object({ kind: z.literal('bot') }),
    z.object({ kind: z.literal('on-call') }),
  ]),
});
const Comment = z.object({
  ...ticket,
  key: z.string().min(1),
  body: z.array(z.looseObject({ type: z.string() })).min(1),
});
const Link = z.object({ ...ticket, workflowId: z.string().min(1) });
const Search = z.object({ site: z.string().min(1), status: z.enum(promotionStatuses) });

/** The activities of the queue `-jira`. The turn of an input is confirmed by the worker's TurnInterceptor, before any of these runs. */
export function createJiraActivities(port: JiraPort): JiraPort {
  return {
    async readTicket(input) {
      checkInput(Ticket, input, 'readTicket');
      return port.readTicket(input);
    },
    async transitionTicket(input) {
      checkInput(Move, input, 'transitionTicket');
      const moved = await port.transitionTicket(input);
      log.info('moved ticket', { issueId: input.issueId, ...moved });
      return moved;
    },
    async assignTicket(input) {
      checkInput(Assignment, input, 'assignTicket');
      const assigned = await port.assignTicket(input);
      log.info('assigned ticket', { issueId: input.issueId, ...assigned });
      return assigned;
    },
    async commentTicket(input) {
      checkInput(Comment, input, 'commentTicket');
      const comment = await port.commentTicket(input);
      log.info('commented on ticket', { issueId: input.issueId, key: input.key, ...comment });
      return comment;
    },
    async linkTicket(input) {
      checkInput(Link, input, 'linkTicket');
      await port.linkTicket(input);
      log.info('linked ticket', { issueId: input.issueId, workflowId: input.workflowId });
    },
    async findTickets(input) {
      checkInput(Search, input, 'findTickets');
      const tickets = await port.findTickets(input);
      log.info('found tickets', { site: input.site, status: input.status, count: tickets.length });
      return tickets;
    },
  };
}
