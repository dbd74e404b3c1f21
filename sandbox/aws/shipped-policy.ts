import { readFileSync } from 'node:fs';

const folder = new URL('../../deploy/aws/policies/', import.meta.url);
const placeholder = /\$\{([A-Z][A-Z0-9_]*)\}/g;

export type PolicyValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * A policy document of deploy/aws/policies with its placeholders filled, as JSON. A list takes the place of a whole
 * string; IAM's own variables (`${aws:…}`) stay. Throws on a placeholder without a value.
 */
export function readShippedPolicy(name: string, values: PolicyValues): string {
  const document: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  return JSON.stringify(fill(document, name, values));
}

function fill(part: unknown, name: string, values: PolicyValues): unknown {
  if (Array.isArray(part)) return part.flatMap((item) => fill(item, name, values));
  if (typeof part === 'string') return fillString(part, name, values);
  if (part === null || typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, fill(value, name, values)]));
}

function fillString(text: string, name: string, values: PolicyValues): string | readonly string[] {
  const whole = values[/^\$\{([A-Z0-9_]+)\}$/.exec(text)?.[1] ?? ''];
  if (Array.isArray(whole)) return whole as readonly string[];
  return text.replace(placeholder, (_, key: string) => {
    const value = values[key];
    if (typeof value !== 'string')
      throw new Error(`deploy/aws/policies/${name}.json: no value for \${${key}}`);
    return value;
  });
}
