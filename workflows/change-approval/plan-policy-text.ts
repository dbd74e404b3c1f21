/**
 * Policies of AWS as text in JSON. AWS gives them back with other blanks and another order than they were written in, which
 * is no change; order matters nowhere in their grammar (IAM user guide, “Grammar of the IAM JSON policy language”).
 */

/** Members of a statement whose list is a set, and whose only item may stand alone. */
const sets: readonly string[] = ['Action', 'NotAction', 'Resource', 'NotResource'];
/** Members of a statement that hold such sets by name: `Principal: {AWS: […]}`. */
const namedSets: readonly string[] = ['Principal', 'NotPrincipal'];
/** Larger texts are compared as they are. */
const maxLength = 1_000_000;
const maxDepth = 100;

type Members = Readonly<Record<string, unknown>>;

/** @returns the one text of all equal policies; undefined: not a policy, or one that two readers may understand differently */
export function toPolicyText(text: string): string | undefined {
  const policy = parsePolicy(text);
  if (policy === undefined || isAmbiguous(text, policy)) return undefined;
  const { Statement } = policy;
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).map((one) => toStatement(one));
  return sortedJson({ ...policy, Statement: statements.map(sortedJson).sort() });
}

/** A JSON object with a `Statement`: of IAM, S3, KMS, SQS … */
export function isPolicyText(text: string): boolean {
  return parsePolicy(text) !== undefined;
}

function parsePolicy(text: string): Members | undefined {
  if (text.length > maxLength || !/^\s*\{/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Members;
    return Object.hasOwn(value, 'Statement') ? value : undefined;
  } catch {
    return undefined;
  }
}

function toStatement(statement: unknown): unknown {
  if (!isMembers(statement)) return statement;
  return mapMembers(statement, (value, name) => {
    if (sets.includes(name)) return toSet(value);
    if (namedSets.includes(name)) return isMembers(value) ? mapMembers(value, toSet) : value;
    const isCondition = name === 'Condition' && isMembers(value);
    return isCondition
      ? mapMembers(value, (test) => (isMembers(test) ? mapMembers(test, toSet) : test))
      : value;
  });
}

/** Only of strings: what else stands there is nothing that AWS takes. */
function toSet(value: unknown): unknown {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return value;
  return [...new Set(value)].sort();
}

/**
 * Two readers may differ in which of two members of one name counts, and in numbers beyond JSON's: nothing may be called equal
 * to such a text.
 */
function isAmbiguous(text: string, policy: Members): boolean {
  const bare = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '');
  const members = bare.split(':').length - 1;
  return /[0-9.]{16,}|[eE]/.test(bare.replace(/true|false/g, '')) || members !== countMembers(policy, 0);
}

/** @returns NaN for what is nested deeper than any policy */
function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > maxDepth) return Number.NaN;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, member) => sum + countMembers(member, depth + 1), own);
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`);
  return `{${members.join(',')}}`;
}

function mapMembers(members: Members, map: (value: unknown, name: string) => unknown): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, map(value, name)]));
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
