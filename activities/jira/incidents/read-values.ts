import { isRecord } from '../../../workflows/shared/guards.ts';
import { toPlainText } from '../../plain-text.ts';
import type { JiraField } from '../form-schema.ts';
import { toPlain } from './plain-adf.ts';

type Plain = string | readonly string[] | null;

/** What people see in a field: rich text as plain text, choices by name, people by e-mail or name; null when it is empty. */
export function readValue(field: JiraField, value: unknown): Plain {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((one: unknown) => shownOf(one)).filter((one) => one !== '');
  if (field.schema?.type === 'datetime') return momentOf(value);
  const shown = shownOf(value);
  return shown === '' ? null : shown;
}

function shownOf(value: unknown): string {
  if (typeof value === 'string') return toPlainText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isRecord(value)) return '';
  if (value['type'] === 'doc') return toPlain(value);
  // of a choice within a choice
  const child = isRecord(value['child']) ? ` > ${shownOf(value['child'])}` : '';
  const named = ['emailAddress', 'displayName', 'value', 'name', 'key'].map((name) => value[name]);
  const shown = named.find((one) => typeof one === 'string' && one !== '');
  return typeof shown === 'string' ? toPlainText(shown) + child : '';
}

/** Jira writes an offset; as ISO 8601 UTC one moment looks the same on both sides. */
function momentOf(value: unknown): string | null {
  const moment = typeof value === 'string' ? new Date(value) : undefined;
  if (!moment || Number.isNaN(moment.getTime())) return null;
  return moment.toISOString();
}
