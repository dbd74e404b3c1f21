import type { FieldMap } from '../../workflows/incident-sync/sides.ts';
import type { FieldsWritten } from '../../workflows/incident-sync/steps.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { CaseSystem, IncidentCase } from '../security-ir/port.ts';
import type { IncidentIssue } from '../jira/incidents/port.ts';
import { hashOf, normalise, type Value } from './hash.ts';
import type { ConnectionParts } from './parts.ts';
import type { IncidentPort } from './port.ts';
import { toKeptText } from './texts.ts';
import { toCaseValue, toIssueValue } from './transform.ts';

type Input = Parameters<IncidentPort['writeFields']>[0];

/** What a case says in place of an empty text. */
const nothing = '(empty)';
/** The end of a text that did not fit. */
const cut = '…';

/**
 * Fields of one side from the other, as both are now. Of a loser, and of whatever stands there that the plan did not know, the value is
 * kept in a comment before it is replaced. A repeat finds the values equal and writes nothing. @throws InvalidInput, after all that can be
 * written, naming the fields of Jira that are too short for a list
 */
export async function writeFields(parts: ConnectionParts, input: Input): Promise<FieldsWritten> {
  const { caseId, issueId, fields, to } = input;
  const names = fields.map(({ issueField }) => issueField);
  const [one, issue] = await Promise.all([
    parts.cases.getCase(caseId),
    parts.tickets.readIssue(issueId, names),
  ]);
  const moving = fields.filter((field) => Object.hasOwn(issue.fields, field.issueField));
  const kept = await keepReplaced(parts, input, moving, { one, issue });
  if (to === 'issue') {
    const wanted = toIssue(moving, one, issue);
    if (Object.keys(wanted).length > 0) {
      const before = await parts.tickets.writeFields(issueId, wanted);
      kept.push(...(await keepOverwritten(parts, input, moving, { issue, before })));
    }
  } else {
    const torn = moving.filter((field) => isTorn(field, one, issue));
    const whole = moving.filter((field) => !torn.includes(field));
    const wanted = toCase(whole, one, issue);
    if (Object.keys(wanted).length > 0) await parts.cases.updateCase(caseId, wanted);
    if (torn.length > 0) throw tooShort(issue, torn);
  }
  return { fields: await hashesAfter(parts, input, moving, { one, issue }), kept };
}

interface Both {
  readonly one: IncidentCase;
  readonly issue: IncidentIssue;
}

async function keepReplaced(
  { tickets }: ConnectionParts,
  { key, issueId, losers, known, to }: Input,
  moving: readonly FieldMap[],
  { one, issue }: Both,
): Promise<string[]> {
  const kept: string[] = [];
  for (const field of moving) {
    const [ofCase, ofIssue]: Value[] = [one.fields[field.caseField], issue.fields[field.issueField]];
    const there = to === 'issue' ? toCaseValue(field, ofIssue) : (ofCase ?? '');
    const coming = to === 'issue' ? (ofCase ?? '') : toCaseValue(field, ofIssue);
    const isUnknown = known[field.key] !== undefined && hashOf(there) !== known[field.key];
    if (hashOf(there) === hashOf(coming) || normalise(there) === '') continue;
    if (!losers.includes(field.key) && !isUnknown) continue;
    const text = toKeptText(field.issueField, to, shown(there));
    await tickets.ensureComment(issueId, text, { key: `${key}-kept-${hashOf(there)}`, note: 'kept' });
    if (isUnknown) kept.push(field.key);
  }
  return kept;
}

/** Between our reading and our writing a person may have written: Jira's change log says what was there. */
async function keepOverwritten(
  { tickets }: ConnectionParts,
  { key, issueId }: Input,
  moving: readonly FieldMap[],
  { issue, before }: { issue: IncidentIssue; before: Readonly<Record<string, string | null>> },
): Promise<string[]> {
  const kept: string[] = [];
  for (const field of moving) {
    const was = before[field.issueField];
    if (was === null || was === undefined || hashOf(was) === hashOf(shown(issue.fields[field.issueField])))
      continue;
    const text = toKeptText(field.issueField, 'issue', was);
    await tickets.ensureComment(issueId, text, { key: `${key}-kept-${hashOf(was)}`, note: 'kept' });
    kept.push(field.key);
  }
  return kept;
}

function toIssue(moving: readonly FieldMap[], one: IncidentCase, issue: IncidentIssue) {
  return Object.fromEntries(
    moving.flatMap((field) => {
      const value = toIssueValue(field, one.fields[field.caseField]);
      const isThere = hashOf(value) === hashOf(issue.fields[field.issueField]);
      // Jira takes no issue without a summary
      return isThere || (field.issueField === 'summary' && normalise(value) === '')
        ? []
        : [[field.issueField, value]];
    }),
  ) as Record<string, string | readonly string[]>;
}

function toCase(moving: readonly FieldMap[], one: IncidentCase, issue: IncidentIssue) {
  const wanted: Parameters<CaseSystem['updateCase']>[1] = Object.fromEntries(
    moving.flatMap((field) => {
      const value = toCaseValue(field, issue.fields[field.issueField]);
      if (hashOf(value) === hashOf(one.fields[field.caseField])) return [];
      // AWS takes no empty text
      return typeof value === 'string' && value.trim() === ''
        ? [[field.caseField, nothing]]
        : [[field.caseField, value]];
    }),
  );
  return wanted;
}

/**
 * Of what was read on the one side and written on the other. Systems cut and clean what they are given, so the written side is read again;
 * what a person made of it meanwhile is not taken for ours.
 */
async function hashesAfter(
  { cases, tickets }: ConnectionParts,
  { caseId, issueId, to }: Input,
  moving: readonly FieldMap[],
  { one, issue }: Both,
): Promise<FieldsWritten['fields']> {
  const names = moving.map(({ issueField }) => issueField);
  const now: { readonly fields: Readonly<Partial<Record<string, Value>>> } =
    to === 'case' ? await cases.getCase(caseId) : await tickets.readIssue(issueId, names);
  return Object.fromEntries(
    moving.map((field) => {
      const [ofCase, ofIssue] = [
        one.fields[field.caseField],
        toCaseValue(field, issue.fields[field.issueField]),
      ];
      const written = to === 'case' ? ofIssue : toCaseValue(field, toIssueValue(field, ofCase));
      const raw = now.fields[to === 'case' ? field.caseField : field.issueField];
      const stored = to === 'case' ? raw : toCaseValue(field, raw);
      const isOurs =
        isCutOf(written, stored) || (to === 'issue' && isCutLine(toIssueValue(field, ofCase), raw));
      const hash = hashOf(isOurs ? stored : written);
      return [
        field.key,
        to === 'case' ? { case: hash, issue: hashOf(ofIssue) } : { case: hashOf(ofCase), issue: hash },
      ];
    }),
  );
}

/** What is stored is what was written, but for blanks, for an end that did not fit and for what stands for nothing. */
function isCutOf(written: Value, stored: Value): boolean {
  const squash = (value: Value) => normalise(value).replace(/\s+/g, '');
  const [whole, part] = [squash(written), squash(stored)];
  if (whole === '' && part === nothing) return true;
  return whole === part || (part.length > 200 && whole.startsWith(part.slice(0, 200)));
}

/** A list in a line of Jira's, of which the end did not fit. */
function isCutLine(written: Value, stored: Value): boolean {
  return typeof stored === 'string' && stored.endsWith(cut) && shown(written).startsWith(stored.slice(0, -1));
}

/** Its end did not fit into Jira: the case must not lose it. */
function isTorn(field: FieldMap, one: IncidentCase, issue: IncidentIssue): boolean {
  const ofIssue = issue.fields[field.issueField];
  const value = toCaseValue(field, ofIssue);
  const isCut = typeof ofIssue === 'string' && typeof value !== 'string' && ofIssue.endsWith(cut);
  return isCut && hashOf(value) !== hashOf(one.fields[field.caseField]);
}

function tooShort({ key }: IncidentIssue, fields: readonly FieldMap[]): Error {
  const names = fields.map(({ issueField }) => issueField).join(', ');
  return createFailure(
    'InvalidInput',
    `issue ${key}: ${names}: its list is cut off, so the case keeps its own`,
    {
      details: { system: 'jira', expected: 'a field of labels, or one of several lines' },
    },
  );
}

function shown(value: Value): string {
  return typeof value === 'string' ? value : [...(value ?? [])].join(', ');
}
