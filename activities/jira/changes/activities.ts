import { log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../../activity-input.ts';
import { changeStatuses, type JiraChangesPort } from './port.ts';

const site = z.string().min(1);
const ticket = { site, issueId: z.string().regex(/^[0-9]+$/, 'Jira’s numeric issue id') };
const Ticket = z.object(ticket);
/** A single-line field: Jira takes 255 characters of it, and nothing is cut, since it is compared. */
const line = z.string().regex(/^[^\p{Cc}]{1,255}$/u, 'one line of 1 to 255 characters');
const Build = z.looseObject({
  environment: line,
  project: line,
  buildJob: line,
  build: z.string().regex(/^[\w.-]{1,64}$/, '1 to 64 of letters, digits, . _ -'),
  branch: line,
  sha: z.string().regex(/^[0-9a-f]{40}$/, '40 hex digits'),
  action: line,
});
const details = {
  summary: z.string().optional(),
  justification: z.string().optional(),
  rollbackPlan: z.string().optional(),
  components: z.array(z.string()).optional(),
};
const body = z.array(z.looseObject({ type: z.string() })).min(1);
const key = z.string().min(1).max(10_000);
const Search = z.object({ site, build: Build });
const NewChange = z.object({
  site,
  key,
  workflowId: z.string().min(1),
  build: Build,
  details: z.looseObject({ ...details, summary: z.string().min(1) }),
  body,
});
const Filling = z.object({
  ...ticket,
  details: z.looseObject(details),
  scanStatus: z.string().optional(),
  evidenceDigest: z.string().optional(),
});
const Link = z.object({ ...ticket, workflowId: z.string().min(1) });
const Move = z.object({ ...ticket, to: z.enum(changeStatuses).exclude(['approved']) });
const names = z.array(z.string());
/** The guard looks into it. */
const Approval = z.object({
  ...ticket,
  permission: z.looseObject({ build: Build, policy: z.looseObject({}) }),
  approvers: names,
  authors: names,
  requester: z.string().nullable(),
  at: z.iso.datetime(),
});
const Comment = z.object({ ...ticket, key, body });
const History = z.object({ ...ticket, build: Build });
const Sweep = z.object({ site, changedWithinMinutes: z.int().min(1).max(525_600) });
const Month = z.object({
  site,
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-10'),
});

/** Further activities of the queue `-jira`. */
export function createJiraChangesActivities(port: JiraChangesPort): JiraChangesPort {
  return {
    async findChange(input) {
      checkInput(Search, input, 'findChange');
      const found = await port.findChange(input);
      const { environment, project, build } = input.build;
      const ticketKey = found.ticket?.key ?? null;
      log.info('looked for change', { environment, project, build, ticket: ticketKey, ended: found.ended });
      return found;
    },
    async createChange(input) {
      checkInput(NewChange, input, 'createChange');
      const created = await port.createChange(input);
      log.info('ensured change', { workflowId: input.workflowId, ...created });
      return created;
    },
    async readChange(input) {
      checkInput(Ticket, input, 'readChange');
      return port.readChange(input);
    },
    async fillChange(input) {
      checkInput(Filling, input, 'fillChange');
      const filled = await port.fillChange(input);
      log.info('filled change', { issueId: input.issueId, ...filled });
      return filled;
    },
    async linkChange(input) {
      checkInput(Link, input, 'linkChange');
      const linked = await port.linkChange(input);
      log.info('linked change', { issueId: input.issueId, workflowId: input.workflowId, ...linked });
      return linked;
    },
    async moveChange(input) {
      checkInput(Move, input, 'moveChange');
      const moved = await port.moveChange(input);
      log.info('moved change', { issueId: input.issueId, ...moved });
      return moved;
    },
    async approveChange(input) {
      checkInput(Approval, input, 'approveChange');
      const approved = await port.approveChange(input);
      const requestId = input.permission.grant?.requestId ?? null;
      log.info('approved change', { issueId: input.issueId, requestId, ...approved });
      return approved;
    },
    async writeComment(input) {
      checkInput(Comment, input, 'writeComment');
      const written = await port.writeComment(input);
      log.info('wrote comment', { issueId: input.issueId, key: input.key, ...written });
      return written;
    },
    async readHistory(input) {
      checkInput(History, input, 'readHistory');
      return port.readHistory(input);
    },
    async findChanges(input) {
      checkInput(Sweep, input, 'findChanges');
      const found = await port.findChanges(input);
      log.info('found changes', { site: input.site, count: found.length });
      return found;
    },
    async listAutoApproved(input) {
      checkInput(Month, input, 'listAutoApproved');
      const found = await port.listAutoApproved(input);
      log.info('listed auto-approved changes', { month: input.month, count: found.length });
      return found;
    },
  };
}
