import { paragraph } from '../../workflows/shared/comment.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { cutText, toPlainText } from '../plain-text.ts';
import { toAdf } from './adf.ts';
import type { AllowedValue, JiraField } from './form-schema.ts';

/** A source's value, before it is in Jira's form. */
export type PlainValue = string | number | boolean | readonly string[];

type Value = PlainValue;
type Choices = readonly AllowedValue[] | null;

/** Jira's limit on a line of text and on a label. */
const maxLine = 255;

/**
 * A source's value as Jira takes it for a field of this type. @param choices what the form allows; null: not known, Jira judges
 * @throws InvalidInput with the field's name, before any call
 */
export function toFieldValue(field: JiraField, value: Value, choices: Choices): unknown {
  const { type = 'unknown', items, custom = '' } = field.schema ?? {};
  if (isRichText(field)) return toText(value);
  switch (type) {
    case 'string':
      return custom.endsWith(':url') ? toWebAddress(field, value) : toLine(listOf(value).join(', '));
    case 'number':
      return toNumber(field, value);
    case 'date':
      return toMoment(field, value).slice(0, 10);
    case 'datetime':
      // Jira refuses the Z that toISOString writes
      return toMoment(field, value).replace('Z', '+0000');
    case 'option':
      return choose(field, one(field, value), choices, 'value');
    case 'priority':
      return choose(field, one(field, value), choices, 'name');
    case 'user':
      return toAccount(field, one(field, value));
    case 'array':
      return listOf(value).map((member) => toMember(field, items, member, choices));
    default:
      throw wrong(field, `its type ${type} cannot be filled from a finding`);
  }
}

function toMember(field: JiraField, items: string | undefined, member: string, choices: Choices): unknown {
  switch (items) {
    case 'string':
      return toLabel(member);
    case 'option':
      return choose(field, member, choices, 'value');
    case 'component':
    case 'version':
      return choose(field, member, choices, 'name');
    case 'user':
      return toAccount(field, member);
    default:
      throw wrong(field, `a list of ${items ?? 'unknown things'} cannot be filled from a finding`);
  }
}

/** Kept by Jira as a document. */
export function isRichText({
  schema: { type, custom = '', system = '' } = { type: '' },
}: JiraField): boolean {
  return (
    type === 'string' && (custom.endsWith(':textarea') || ['description', 'environment'].includes(system))
  );
}

/** What is cut off shows as an ellipsis. */
export function toLine(text: string): string {
  return cutText(toPlainText(text).replace(/\s+/g, ' ').trim(), maxLine);
}

/** A label takes no blanks. */
export function toLabel(text: string): string {
  return toLine(text).replace(/\s/g, '_');
}

function toText(value: Value) {
  return toAdf([typeof value === 'object' ? { type: 'list', items: [...value] } : paragraph(String(value))]);
}

function toNumber(field: JiraField, value: Value): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw wrong(field, `${show(value)} is not a number`);
}

/** @returns as toISOString: UTC, milliseconds */
function toMoment(field: JiraField, value: Value): string {
  const isMoment = typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T.*(?:Z|[+-]\d\d:?\d\d))?$/.test(value);
  const moment = isMoment ? new Date(value) : undefined;
  if (moment && !Number.isNaN(moment.getTime())) return moment.toISOString();
  throw wrong(field, `${show(value)} is not a date such as 2026-11-24 or 2026-11-24T10:00:00Z`);
}

function toWebAddress(field: JiraField, value: Value): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw wrong(field, `${show(value)} is not a web address`);
}

function toAccount(field: JiraField, accountId: string): { accountId: string } {
  if (/^[\w:.|-]{1,128}$/.test(accountId)) return { accountId };
  throw wrong(field, `${show(accountId)} is not an account id`);
}

/** Regardless of case, since people write configurations; sent as the form has it. */
function choose(field: JiraField, wanted: string, choices: Choices, by: 'value' | 'name'): unknown {
  if (!choices) return { [by]: wanted };
  const alike = (text: string | undefined) => text?.toLowerCase() === wanted.toLowerCase();
  const found =
    choices.find((choice) => choice[by] === wanted) ??
    choices.find((choice) => alike(choice[by]) || choice.id === wanted);
  if (found) return found.id === undefined ? { [by]: found[by] } : { id: found.id };
  const names = choices.map((choice) => choice[by] ?? '').filter(Boolean);
  throw wrong(field, `${show(wanted)} is none of ${names.slice(0, 20).join(', ')}`);
}

function listOf(value: Value): string[] {
  return typeof value === 'object' ? [...value] : [String(value)];
}

function one(field: JiraField, value: Value): string {
  const [only, ...others] = listOf(value);
  if (only !== undefined && others.length === 0) return only;
  throw wrong(field, `it takes one value, not ${listOf(value).length}`);
}

const show = (value: Value) => cutText(toPlainText(JSON.stringify(value)), 80);

function wrong(field: JiraField, fault: string): Error {
  return createFailure('InvalidInput', `jira: field ${field.name}: ${fault}`, {
    details: { system: 'jira', action: `set field ${field.name}` },
  });
}
