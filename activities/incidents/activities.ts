import { z } from 'zod';
import { stepName } from '../../workflows/incident-sync/steps.ts';
import { checkInput } from '../activity-input.ts';
import { copyAttachment } from './copy-attachment.ts';
import { copyComment } from './copy-comment.ts';
import { createCase } from './create-case.ts';
import { ensureIssue } from './ensure-issue.ts';
import { moveCase, moveIssue } from './move.ts';
import { partsOf, type Connections } from './parts.ts';
import type { IncidentPort } from './port.ts';
import { readCase, readSeverity } from './read-case.ts';
import { readIssue } from './read-issue.ts';
import { sweepCases, sweepIssues } from './sweep.ts';
import { tellCase } from './tell-case.ts';
import { toNoteText } from './texts.ts';
import { readIssueTie, tieIssue, untieIssue } from './tie.ts';
import { addWatchers } from './watchers.ts';
import { writeFields } from './write-fields.ts';

const connection = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const caseId = z.string().regex(/^[0-9]{10,32}$/);
/** A number, or the key as an automation rule sends it. */
const issueId = z.string().regex(/^(?:[0-9]{1,19}|[A-Z][A-Z0-9_]{0,99}-[0-9]{1,19})$/);
const key = z.string().min(1).max(500);
const fields = z.array(z.object({ key: z.string(), caseField: z.string(), issueField: z.string() }));

const OfCase = z.object({ connection, caseId, fields });
const OfIssue = z.object({ connection, issueId, fields });
const OfLink = z.object({ connection, caseId, issueId, key });
const OfCaseOnly = z.object({ connection, caseId });
const OfConnection = z.object({ connection });
const Unlinked = z.object({ connection, caseId, key, workflowId: z.string().min(1) });
const Tied = z.object({ connection, issueId });

/** The activities of the queue `-aws-incident`, which holds the connections' AWS roles and Jira's credential. */
export function createIncidentActivities(connections: Connections): IncidentPort {
  const open = <Input extends { readonly connection: string }>(
    form: z.ZodType,
    input: Input,
    verb: string,
  ) => {
    checkInput(form, input, verb);
    return partsOf(connections, input.connection);
  };
  return {
    readCase: async (input) => readCase(open(OfCase, input, 'readCase'), input),
    readIssue: async (input) => readIssue(open(OfIssue, input, 'readIssue'), input),
    ensureIssue: async (input) => ensureIssue(open(Unlinked, input, 'ensureIssue'), input),
    tieIssue: async (input) => tieIssue(open(OfLink, input, 'tieIssue'), input),
    untieIssue: async (input) => untieIssue(open(OfLink, input, 'untieIssue'), input),
    writeFields: async (input) => writeFields(open(OfLink.extend({ fields }), input, 'writeFields'), input),
    moveIssue: async (input) => moveIssue(open(OfLink, input, 'moveIssue'), input),
    moveCase: async (input) => moveCase(open(OfLink, input, 'moveCase'), input),
    copyComment: async (input) => copyComment(open(OfLink, input, 'copyComment'), input),
    copyAttachment: async (input) => copyAttachment(open(OfLink, input, 'copyAttachment'), input),
    addWatchers: async (input) => addWatchers(open(OfLink, input, 'addWatchers'), input),
    async writeNote(input) {
      const { tickets } = open(OfLink, input, 'writeNote');
      const { note, issueId: issue, key: once } = input;
      const name = stepName({ kind: 'note', name: note.about, note });
      await tickets.ensureComment(issue, toNoteText(note, once), { key: once, note: name });
    },
    tellCase: async (input) => tellCase(open(OfLink, input, 'tellCase'), input),
    createCase: async (input) => createCase(open(Tied.extend({ key }), input, 'createCase'), input),
    readIssueTie: async (input) => readIssueTie(open(Tied, input, 'readIssueTie'), input),
    readSeverity: async (input) => readSeverity(open(OfCaseOnly, input, 'readSeverity'), input),
    sweepCases: async (input) => sweepCases(open(OfConnection, input, 'sweepCases'), input),
    sweepIssues: async (input) => sweepIssues(open(OfConnection, input, 'sweepIssues'), input),
  };
}
