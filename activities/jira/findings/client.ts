import { createMany } from './create-many.ts';
import { editTicket } from './edit.ts';
import { findFormFaults } from './form-faults.ts';
import { attachJson, linkTickets } from './links.ts';
import { readMembers, writeMembers } from './members.ts';
import { moveTicket } from './move.ts';
import { openFindings, type FindingTicketsOptions } from './open-findings.ts';
import type { FindingTickets } from './port.ts';
import { readComment } from './read-comment.ts';
import { findLabelled, listDue, listOpen, lookUp, readMany } from './search.ts';

/** The tickets of one source's findings on one site, through jira.js. Cancellation and time limits are http.ts's. */
export function createFindingTickets(options: FindingTicketsOptions): FindingTickets {
  const open = openFindings(options);
  return {
    lookUp: async (findingIds) => lookUp(open, findingIds),
    readMany: async (issueIds) => readMany(open, issueIds),
    findLabelled: async (findingIds) => findLabelled(open, findingIds),
    createMany: async (orders) => createMany(open, orders),
    edit: async (edit) => editTicket(open, edit),
    move: async (move) => moveTicket(open, move),
    readComment: async (input) => readComment(open, input),
    link: async (input) => linkTickets(open, input),
    attach: async (input) => attachJson(open, input),
    listOpen: async (cursor, known) => listOpen(open, cursor, known),
    listDue: async (cursor) => listDue(open, cursor),
    readMembers: async (issueId) => readMembers(open, issueId),
    writeMembers: async (input) => writeMembers(open, input),
    findFormFaults: async (input) => findFormFaults(open, input),
  };
}
