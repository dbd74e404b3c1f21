import { isRecord } from '../../../workflows/shared/guards.ts';
import type {
  TicketChange,
  TicketFacts,
  TicketField,
  TicketFields,
} from '../../../workflows/secret-audit/messages.ts';
import { toPlain } from '../incidents/plain-adf.ts';
import { changedTo, compareIds } from '../rounds.ts';
import type { Change, ChangeItem } from '../schema.ts';
import { changesField, toPrincipal, type FieldName, type PersonOf } from '../tickets.ts';
import type { SecretIssue } from './schema.ts';

/** The fields that an approval rests on, as the site has them. */
export type SecretFields = Readonly<Record<TicketField, FieldName>>;

/**
 * A ticket with everything that ever changed of those fields. What Jira shows and what its change log says of the same value are
 * written differently: both are brought into one form, so that one can be compared with the other.
 */
export function toTicketFacts(
  issue: SecretIssue,
  changes: readonly Change[],
  fields: SecretFields,
  personOf: PersonOf,
): TicketFacts {
  const { created, creator, status } = issue.fields;
  const inOrder = changes.toSorted(
    (one, other) => Date.parse(one.created) - Date.parse(other.created) || compareIds(one.id, other.id),
  );
  return {
    ...{ issueId: issue.id, key: issue.key, createdAt: created },
    requester: creator ? toPrincipal(creator.accountId, personOf) : null,
    fields: {
      status: status.name,
      secrets: toLines(toPlain(issue.fields[fields.secrets.id])),
      actions: toNames(shownOf(issue.fields[fields.actions.id])),
      windowStart: toMoment(issue.fields[fields.windowStart.id]),
      windowEnd: toMoment(issue.fields[fields.windowEnd.id]),
    },
    changes: inOrder.flatMap((change) => toChanges(change, fields, personOf)),
  };
}

const names: readonly TicketField[] = ['status', 'secrets', 'actions', 'windowStart', 'windowEnd'];

function toChanges({ created, author, items }: Change, fields: SecretFields, personOf: PersonOf) {
  const who = author ? toPrincipal(author.accountId, personOf) : null;
  return names.flatMap((field) =>
    items
      .filter((item) => changesField(item, [fields[field]]))
      .map((item): TicketChange => ({ at: created, author: who, field, ...valuesOf(field, item) })),
  );
}

function valuesOf(field: TicketField, item: ChangeItem): Pick<TicketChange, 'from' | 'to'> {
  const before = textOf(item['fromString']);
  const [after, rawBefore, rawAfter] = [changedTo(item), textOf(item['from']), item.to ?? ''];
  const read = readers[field];
  return { from: read(before, rawBefore), to: read(after, rawAfter) };
}

type Reader = (shown: string, raw: string) => TicketFields[TicketField];
const moment: Reader = (shown, raw) => toMoment(raw) ?? toMoment(shown);
const readers: Readonly<Record<TicketField, Reader>> = {
  status: (shown) => shown,
  secrets: (shown) => toLines(shown),
  actions: (shown) => toNames(shown),
  windowStart: moment,
  windowEnd: moment,
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Lines without what wiki text adds to them: a change log has wiki text, a field rich text. Their order says nothing. */
function toLines(text: string): string {
  const lines = text.split(/\r\n|[\r\n]/).map((line) =>
    line
      .replace(/\\([^\w\s])/g, '$1')
      .replace(/^\s*(?:[*#•-]|\d+\.)\s+/, '')
      .replace(/\{\{(.+?)\}\}/g, '$1')
      .replace(/`/g, '')
      .trim(),
  );
  return lines.filter((line) => line !== '').join('\n');
}

/** Of a list of choices, labels, or a text: no action has a blank in its name. */
function toNames(text: string): readonly string[] {
  const all = text.toLowerCase().split(/[\s,;[\]]+/);
  return [...new Set(all.filter((one) => one !== ''))].sort();
}

function shownOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((one: unknown) => shownOf(one)).join(',');
  if (!isRecord(value)) return '';
  if (value['type'] === 'doc') return toPlain(value);
  return textOf(value['value']) || textOf(value['name']);
}

/** A moment in any offset is one moment; a day alone is none. @returns ISO 8601 UTC */
function toMoment(value: unknown): string | null {
  const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)$/;
  const [, local, offset] = form.exec(textOf(value)) ?? [];
  if (!local || !offset) return null;
  const ms = Date.parse(`${local}${offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
