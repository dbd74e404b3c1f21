import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';

/** What the variables say of a source; keys and values as in `processes.halo.sources[]` of the file. */
export interface VariableReading {
  readonly values: Readonly<Record<string, unknown>>;
  /** Key of the source → the variable that is to be named in a fault. */
  readonly variables: Readonly<Record<string, string>>;
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly ConfigFault[];
}

type Parsed = { readonly value: unknown } | { readonly faults: readonly ConfigFault[] };
type Parse = (text: string, variable: string) => Parsed;

const asText: Parse = (text) => ({ value: text });

interface Row {
  readonly key: string;
  /** The first is the name of the source document's table, the others are aliases. */
  readonly names: readonly [string, ...string[]];
  readonly parse: Parse;
  /** A source made of variables alone cannot do without it. */
  readonly required?: true;
}

/** H-52 to H-68 but for the credentials and Jira's address. */
const rows: readonly Row[] = [
  { key: 'hostname', names: ['HALO_API_HOSTNAME'], parse: asText },
  { key: 'idField', names: ['JIRA_ISSUE_ID_FIELD'], parse: asText, required: true },
  { key: 'mapping', names: ['JIRA_FIELD_MAPPING'], parse: parseMapping },
  { key: 'static', names: ['JIRA_FIELD_STATIC'], parse: parseStatic },
  { key: 'project', names: ['JIRA_PROJECT_KEY'], parse: asText, required: true },
  { key: 'issueType', names: ['JIRA_ISSUE_TYPE'], parse: asText, required: true },
  { key: 'reopen', names: ['ISSUE_REOPEN_TRANSITION'], parse: asText, required: true },
  { key: 'close', names: ['ISSUE_CLOSE_TRANSITION'], parse: asText, required: true },
  { key: 'closedStatuses', names: ['ISSUE_STATUS_CLOSED'], parse: (text) => ({ value: [text] }) },
  {
    key: 'hardClosedStatuses',
    names: [
      'STATUS_HARD_CLOSED',
      ...['HARD_CLOSED_STATUS', 'ISSUE_STATUS_HARD_CLOSED', 'STATUS_HARD_CLOSED_LIST'],
    ],
    parse: (text) => ({ value: splitList(text) }),
  },
  { key: 'criticalOnly', names: ['CRITICAL_ONLY'], parse: parseSwitch },
  { key: 'newStatus', names: ['NEW_ISSUE_STATUS'], parse: asText },
];

/** Accepted because old installations set them. */
const idle: Readonly<Record<string, string>> = {
  TIME_RANGE:
    'has no effect: the first pass reads every finding, each later one what changed since the one before',
  EXCLUDE_SERVER_SECURE: 'has no effect: servers are what is synced',
  EXCLUDE_CONTAINER_SECURE: 'has no effect: findings of containers are not synced',
  EXCLUDE_CLOUD_SECURE: 'has no effect: findings of cloud accounts are not synced',
};

/** Variables that configure a source, besides the credentials; an empty one is as good as none. */
export function readVariables(env: Environment): VariableReading {
  const read = rows.map((row) => readRow(row, env));
  const values: Record<string, unknown> = {};
  const variables: Record<string, string> = {};
  for (const { key, variable, parsed } of read) {
    if (variable !== undefined) variables[key] = variable;
    if (parsed && 'value' in parsed) values[key] = parsed.value;
  }
  return {
    values,
    variables,
    faults: read.flatMap(({ parsed, faults }) => [
      ...faults,
      ...(parsed && 'faults' in parsed ? parsed.faults : []),
    ]),
    warnings: Object.entries(idle).flatMap(([path, problem]) =>
      textOf(env, path) === undefined ? [] : [{ path, problem, fix: 'unset it' }],
    ),
  };
}

/** The variables that have to be set when the file has no source. */
export const requiredVariables: Readonly<Record<string, string>> = Object.fromEntries(
  rows.filter(({ required }) => required).map(({ key, names }) => [key, names[0]]),
);

export function textOf(env: Environment, variable: string): string | undefined {
  return env[variable]?.trim() || undefined;
}

function readRow({ key, names, parse }: Row, env: Environment) {
  const set = names.filter((name) => textOf(env, name) !== undefined);
  const [variable] = set;
  if (variable === undefined) return { key, variable, parsed: undefined, faults: [] };
  const text = textOf(env, variable) ?? '';
  const parsed = parse(text, variable);
  const faults = set
    .filter((name) => textOf(env, name) !== text)
    .map((path) => ({ path, problem: `is another than ${variable}`, fix: `unset one of the two` }));
  return { key, variable, parsed, faults };
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function parseSwitch(text: string, path: string): Parsed {
  if (/^(?:true|1|yes|on)$/i.test(text)) return { value: true };
  if (/^(?:false|0|no|off)$/i.test(text)) return { value: false };
  const problem = `${quote(text)} is neither true nor false`;
  return { faults: [{ path, problem, fix: 'set it to True or False' }] };
}

/** `halo_field:jira_field;…` A field of findings may go to several fields of Jira. */
function parseMapping(text: string, path: string): Parsed {
  const { pairs, faults } = parsePairs(text, path);
  if (faults.length > 0) return { faults };
  const mapping = new Map<string, string[]>();
  for (const [from, to] of pairs) mapping.set(from, [...(mapping.get(from) ?? []), to]);
  return { value: Object.fromEntries(mapping) };
}

/** `jira_field:value;…` */
function parseStatic(text: string, path: string): Parsed {
  const { pairs, faults } = parsePairs(text, path);
  const twice = pairs.filter(([field], index) => pairs.findIndex(([other]) => other === field) < index);
  const problems = twice.map(([field]) => ({
    path,
    problem: `${quote(field)} has several values`,
    fix: 'name each field once',
  }));
  if (faults.length > 0 || twice.length > 0) return { faults: [...faults, ...problems] };
  return { value: Object.fromEntries(pairs) };
}

/** The first colon splits: values may have more of them, but no semicolon (H-36). */
function parsePairs(
  text: string,
  path: string,
): { readonly pairs: readonly (readonly [string, string])[]; readonly faults: readonly ConfigFault[] } {
  const entries = text.split(';').map((entry) => entry.trim());
  // one semicolon at the end is how the source document's own example ends
  if (entries.at(-1) === '') entries.pop();
  const faults: ConfigFault[] = [];
  const pairs = entries.flatMap((entry, index) => {
    const [left, right] = splitOnce(entry);
    if (left !== '' && right !== '') return [[left, right] as const];
    const problem = `entry ${index + 1}, ${quote(entry)}, is no pair of name and value`;
    faults.push({ path, problem, fix: 'write pairs as name:value, with ; between them' });
    return [];
  });
  return { pairs, faults };
}

function splitOnce(entry: string): readonly [string, string] {
  const colon = entry.indexOf(':');
  return colon < 0 ? [entry, ''] : [entry.slice(0, colon).trim(), entry.slice(colon + 1).trim()];
}

/** Somebody may have pasted a secret: only the beginning is repeated. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
