import type { z } from 'zod';
import { formatPath, type ConfigFault } from './fault.ts';
import { configJsonSchema, nodeAt } from './json-schema.ts';
import { ConfigFile } from './schema.ts';
import { nearestName } from './nearest-name.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with the form of the file: missing, unknown and misshapen keys, each with the fix. */
export function findFormFaults(raw: unknown): ConfigFault[] {
  const { error } = ConfigFile.safeParse(raw);
  return error ? error.issues.flatMap((issue) => toFaults(issue, raw)) : [];
}

function toFaults(issue: Issue, raw: unknown): ConfigFault[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key));
  const description = nodeAt(configJsonSchema(), issue.path)?.description;
  const fix = description ? `set it to ${description}` : 'see config/lockkeeper.schema.json';
  return [{ path: formatPath(issue.path), problem: describeProblem(issue, valueAt(raw, issue.path)), fix }];
}

function unknownKey(path: readonly PropertyKey[], key: string): ConfigFault {
  const known = Object.keys(nodeAt(configJsonSchema(), path)?.properties ?? {});
  const near = nearestName(key, known);
  const fix = near === undefined ? `remove it; known here: ${known.join(', ')}` : `did you mean "${near}"?`;
  return { path: formatPath([...path, key]), problem: 'is not a known key', fix };
}

function describeProblem(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_key') return 'is not an accepted name';
  if (issue.code === 'too_small' && Array.isArray(value)) return 'is empty';
  // Anything long or nested is not repeated: somebody may have pasted a secret.
  const shown = typeof value === 'object' && value !== null ? 'this value' : JSON.stringify(value);
  return `${shown.length > 60 ? 'this value' : shown} is not accepted`;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    raw,
  );
}
