import { log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import { promotionStatuses, type JiraPort } from './port.ts';
import { Publications } from './schema.ts';

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
const Question = z.object({
  ...ticket,
  view: z.looseObject({
    key: z.string().min(1),
    requestId: z.string().min(1),
    workflowId: z.string().min(1),
    evidenceDigest: z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256, hex'),
    deadline: z.string().nullable(),
    policy: z.looseObject({
      name: z.string().min(1),
      version: z.int(),
      quorum: z.array(z.looseObject({ group: z.string(), count: z.int() })),
    }),
    evidence: z.looseObject({
      title: z.string().min(1),
      facts: z.array(z.looseObject({ label: z.string(), value: z.string() })),
      links: z.array(z.looseObject({ label: z.string(), href: z.string() })),
      requester: z.string().nullable(),
      authors: z.array(z.string()),
      changers: z.array(z.string()),
    }),
  }),
});
const Answers = z.object({ ...ticket, requestId: z.string().min(1), groups: z.array(z.string().min(1)) });
const Record = z.object({ ...ticket, workflowId: z.string().min(1), publications: Publications.min(1) });
const Reading = z.object({
  site: ticket.site,
  key: z.string().regex(/^[A-Z][A-Z0-9_]{0,99}-[0-9]{1,19}$/, 'a ticket’s key'),
});
const NewTicket = z.object({
  site: ticket.site,
  project: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'a project key')
    .exactOptional(),
  key: z.string().min(1).max(10_000),
  issueType: z.string().min(1),
  summary: z.string().min(1),
  body: Comment.shape.body,
  labels: z.array(z.string().regex(/^\S{1,200}$/, 'a label without blanks')),
});
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
    async askOnTicket(input) {
      checkInput(Question, input, 'askOnTicket');
      const asked = await port.askOnTicket(input);
      log.info('asked on ticket', { issueId: input.issueId, requestId: input.view.requestId, ...asked });
      return asked;
    },
    async attestDecisions(input) {
      checkInput(Answers, input, 'attestDecisions');
      const { envelopes, ignored } = await port.attestDecisions(input);
      const { issueId, requestId } = input;
      log.info('attested decisions', {
        issueId,
        requestId,
        count: envelopes.length,
        ignored: ignored.length,
      });
      return { envelopes, ignored };
    },
    async recordPublications(input) {
      checkInput(Record, input, 'recordPublications');
      await port.recordPublications(input);
      log.info('recorded publications', { issueId: input.issueId, count: input.publications.length });
    },
    async readPublications(input) {
      checkInput(Reading, input, 'readPublications');
      return port.readPublications(input);
    },
    async createTicket(input) {
      checkInput(NewTicket, input, 'createTicket');
      const ticket = await port.createTicket(input);
      log.info('ensured ticket', { site: input.site, ...ticket });
      return ticket;
    },
  };
}
